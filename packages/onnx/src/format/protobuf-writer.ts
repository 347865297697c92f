/**
 * Messages of Protocol Buffers, written: as many kinds of fields as ONNX has. Weights of a hundred megabytes
 * pass through as they are and are copied once, in the end.
 *
 * Source: the encoding's description (protobuf.dev/programming-guides/encoding).
 */

/** One field, or several one after another. */
export interface Encoded {
  readonly size: number;
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
}

const VARINT = 0;
const LENGTH = 2;
const FIXED_32 = 5;

/** A whole number, also a negative one. */
export function integerField(field: number, value: number | bigint): Encoded {
  return joined([varint(field * 8 + VARINT), varint(value)]);
}

export function floatField(field: number, value: number): Encoded {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return joined([varint(field * 8 + FIXED_32), ofBytes(bytes)]);
}

export function textField(field: number, value: string): Encoded {
  return bytesField(field, new TextEncoder().encode(value));
}

export function bytesField(field: number, value: Uint8Array<ArrayBuffer>): Encoded {
  return joined([varint(field * 8 + LENGTH), varint(value.length), ofBytes(value)]);
}

/** A message in a message. */
export function messageField(field: number, fields: readonly Encoded[]): Encoded {
  const body = joined(fields);
  return joined([varint(field * 8 + LENGTH), varint(body.size), body]);
}

/** The bytes of a whole message. */
export function messageBytes(fields: readonly Encoded[]): Uint8Array<ArrayBuffer> {
  const { size, parts } = joined(fields);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function joined(all: readonly Encoded[]): Encoded {
  return {
    size: all.reduce((sum, { size }) => sum + size, 0),
    parts: all.flatMap(({ parts }) => parts),
  };
}

function ofBytes(bytes: Uint8Array<ArrayBuffer>): Encoded {
  return { size: bytes.length, parts: [bytes] };
}

/** Seven bits a byte, the lowest first; what is negative as the 64 bits of its two's complement. */
function varint(value: number | bigint): Encoded {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return ofBytes(Uint8Array.from(bytes));
}
