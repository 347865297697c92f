/**
 * Small DICOM files for the tests, written from PS3.5 and PS3.10: explicit little endian, and the
 * three other ways to write a data set where the transfer syntax asks for one.
 */
import { deflateRawSync } from "node:zlib";
import { BIG_ENDIAN } from "./transfer-syntax.ts";

const IMPLICIT = "1.2.840.10008.1.2";
const DEFLATED = "1.2.840.10008.1.2.1.99";

interface Writing {
  readonly bigEndian: boolean;
  readonly implicit: boolean;
}
const PLAIN: Writing = { bigEndian: false, implicit: false };

/** A value: text, 16-bit numbers, bytes, or the items of a sequence. */
export type Value = string | readonly number[] | Uint8Array | readonly Elements[];

/** By tag and VR: `"00280010 US": [4]`. In the order of the tags. */
export type Elements = Readonly<Record<string, Value>>;

export const GRAY_2X2: Elements = {
  "00080060 CS": "DX",
  "00280002 US": [1],
  "00280004 CS": "MONOCHROME2",
  "00280010 US": [2],
  "00280011 US": [2],
  "00280100 US": [16],
  "00280101 US": [16],
  "00280102 US": [15],
  "00280103 US": [0],
  "7fe00010 OW": [0, 100, 200, 400],
};

/** A whole file: preamble, meta information, data set. An element given as null is left out. */
export function dicomFile(
  elements: Readonly<Record<string, Value | null>>,
  transferSyntax = "1.2.840.10008.1.2.1",
): Buffer {
  const meta = writeElement("00020010 UI", transferSyntax, PLAIN);
  const dataSet = writeElements(elements, {
    bigEndian: transferSyntax === BIG_ENDIAN,
    implicit: transferSyntax === IMPLICIT,
  });
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from("DICM"),
    writeElement("00020000 UL", uint32(meta.length, PLAIN), PLAIN),
    meta,
    transferSyntax === DEFLATED ? deflateRawSync(dataSet) : dataSet,
  ]);
}

/** The pixel data element of compressed frames: an empty offset table and the fragments. */
export function encapsulated(...fragments: readonly Uint8Array[]): Buffer {
  const items = [new Uint8Array(0), ...fragments].flatMap((bytes) => {
    const padded = Buffer.concat([bytes, Buffer.alloc(bytes.length % 2)]);
    return [Buffer.from("feff00e0", "hex"), uint32(padded.length, PLAIN), padded];
  });
  const end = Buffer.from("feffdde000000000", "hex");
  return Buffer.concat([Buffer.from("e07f10004f420000ffffffff", "hex"), ...items, end]);
}

/** A file whose pixels are a compressed stream. */
export function compressedFile(
  elements: Readonly<Record<string, Value | null>>,
  transferSyntax: string,
  ...fragments: readonly Uint8Array[]
): Buffer {
  const file = dicomFile({ ...elements, "7fe00010 OW": null }, transferSyntax);
  return Buffer.concat([file, encapsulated(...fragments)]);
}

/** An explicit file with bytes of whatever kind before its group 0028. */
export function withBytes(file: Uint8Array, bytes: Uint8Array): Buffer {
  const whole = Buffer.from(file);
  const at = whole.indexOf(Buffer.from("280002005553", "hex"));
  return Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at)]);
}

function writeElements(elements: Readonly<Record<string, Value | null>>, writing: Writing): Buffer {
  const keys = Object.keys(elements).sort();
  return Buffer.concat(
    keys.flatMap((key) => {
      const value = elements[key];
      return value === null ? [] : [writeElement(key, value, writing)];
    }),
  );
}

function writeElement(key: string, value: Value, writing: Writing): Buffer {
  const [tag, vr] = key.split(" ");
  const body = encodeValue(value, vr === "UI" ? "\0" : " ", writing);
  const name = [tag.slice(0, 4), tag.slice(4)].map((part) =>
    uint16(Number.parseInt(part, 16), writing),
  );
  if (writing.implicit) return Buffer.concat([...name, uint32(body.length, writing), body]);
  const isLong = /^(O[BDFLVW]|SQ|SV|U[CNRTV])$/.test(vr);
  const length = isLong
    ? Buffer.concat([Buffer.alloc(2), uint32(body.length, writing)])
    : uint16(body.length, writing);
  return Buffer.concat([...name, Buffer.from(vr, "latin1"), length, body]);
}

function encodeValue(value: Value, padding: string, writing: Writing): Buffer {
  if (typeof value === "string") {
    return Buffer.from(value.length % 2 ? value + padding : value, "latin1");
  }
  if (value instanceof Uint8Array) return Buffer.concat([value, Buffer.alloc(value.length % 2)]);
  return Buffer.concat(
    value.map((part) => {
      if (typeof part === "number") return uint16(part & 0xffff, writing);
      const item = writeElements(part, writing);
      const head = [uint16(0xfffe, writing), uint16(0xe000, writing), uint32(item.length, writing)];
      return Buffer.concat([...head, item]);
    }),
  );
}

function uint16(value: number, { bigEndian }: Writing): Buffer {
  const bytes = Buffer.alloc(2);
  if (bigEndian) bytes.writeUInt16BE(value);
  else bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number, { bigEndian }: Writing): Buffer {
  const bytes = Buffer.alloc(4);
  if (bigEndian) bytes.writeUInt32BE(value);
  else bytes.writeUInt32LE(value);
  return bytes;
}
