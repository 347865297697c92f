/** The fields of a message of Protocol Buffers, read one after another; none is copied. */
import { OnnxError } from "../errors.ts";

export interface Field {
  readonly number: number;
  /** The content of a text, of bytes or of a message; empty for a number. */
  readonly bytes: Uint8Array;
}

/** @throws OnnxError `checkpoint` for what is no message, or was cut. */
export function* readFields(message: Uint8Array): Generator<Field> {
  let at = 0;
  const notWhole = (what: string) => new OnnxError("checkpoint", `not a whole message: ${what}`);
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++];
      if (byte === undefined || scale > 2 ** 63) throw notWhole(`a number at byte ${at - 1}`);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    let length = 0;
    if (wire === 0) varint();
    else if (wire === 1) length = 8;
    else if (wire === 5) length = 4;
    else if (wire === 2) length = varint();
    else throw notWhole(`field ${number} of kind ${wire} at byte ${at - 1}`);
    if (number === 0 || at + length > message.length)
      throw notWhole(`field ${number} at byte ${at}`);
    yield { number, bytes: wire === 2 ? message.subarray(at, at + length) : NOTHING };
    at += length;
  }
}

const NOTHING = new Uint8Array(0);
