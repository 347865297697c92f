/**
 * Small DICOM files for the tests, in Explicit VR Little Endian, written from PS3.5 and PS3.10.
 */

/** A value: text, 16-bit numbers, bytes, or the items of a sequence. */
export type Value = string | readonly number[] | Uint8Array | readonly Elements[];

/** By tag and VR: `"00280010 US": [4]`. In the order of the tags. */
export type Elements = Readonly<Record<string, Value>>;

export const GREY_2X2: Elements = {
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
  const meta = writeElement("00020010 UI", transferSyntax);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from("DICM"),
    writeElement("00020000 UL", uint32(meta.length)),
    meta,
    writeElements(elements),
  ]);
}

/** The pixel data element of compressed frames: an empty offset table and the fragments. */
export function encapsulated(...fragments: readonly Uint8Array[]): Buffer {
  const items = [new Uint8Array(0), ...fragments].flatMap((bytes) => {
    const padded = Buffer.concat([bytes, Buffer.alloc(bytes.length % 2)]);
    return [Buffer.from("feff00e0", "hex"), uint32(padded.length), padded];
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

function writeElements(elements: Readonly<Record<string, Value | null>>): Buffer {
  const keys = Object.keys(elements).sort();
  return Buffer.concat(
    keys.flatMap((key) => {
      const value = elements[key];
      return value === null ? [] : [writeElement(key, value)];
    }),
  );
}

function writeElement(key: string, value: Value): Buffer {
  const [tag, vr] = key.split(" ");
  const body = encodeValue(value, vr === "UI" ? "\0" : " ");
  const head = Buffer.alloc(6);
  head.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), 0);
  head.writeUInt16LE(Number.parseInt(tag.slice(4), 16), 2);
  head.write(vr, 4, "latin1");
  const isLong = vr === "OW" || vr === "OB" || vr === "SQ";
  const length = isLong
    ? Buffer.concat([Buffer.alloc(2), uint32(body.length)])
    : uint16(body.length);
  return Buffer.concat([head, length, body]);
}

function encodeValue(value: Value, padding: string): Buffer {
  if (typeof value === "string")
    return Buffer.from(value.length % 2 ? value + padding : value, "latin1");
  if (value instanceof Uint8Array) return Buffer.concat([value, Buffer.alloc(value.length % 2)]);
  return Buffer.concat(
    value.map((part) => {
      if (typeof part === "number") return uint16(part & 0xffff);
      const item = writeElements(part);
      return Buffer.concat([Buffer.from("feff00e0", "hex"), uint32(item.length), item]);
    }),
  );
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
