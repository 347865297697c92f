/**
 * DICOM data sets to bytes: explicit VR, little endian, defined lengths (PS3.5 section 7, PS3.10
 * section 7); compressed pixels in fragments of their own (PS3.5 annex A.4). It writes what it is
 * given, sorted by tag; what an object must hold stands in `radiograph-object.ts`.
 */

/** `TM`, `DA` and the like take text; numbers of `US` are binary, those of `DS` and `IS` text. */
export type ElementValue =
  | { readonly vr: TextVr; readonly value: string | readonly string[] }
  | { readonly vr: "US"; readonly value: number | readonly number[] }
  | { readonly vr: "SS"; readonly value: number }
  | { readonly vr: "OW" | "OB"; readonly value: Uint8Array }
  /** The compressed stream of an image's one frame. */
  | { readonly vr: "OB"; readonly stream: Uint8Array }
  | { readonly vr: "SQ"; readonly value: readonly DataSet[] };

type TextVr =
  | "AE"
  | "AS"
  | "CS"
  | "DA"
  | "DS"
  | "IS"
  | "LO"
  | "LT"
  | "PN"
  | "SH"
  | "ST"
  | "TM"
  | "UI";

/** From tag, `0x00100010` say, to element. */
export type DataSet = ReadonlyMap<number, ElementValue>;

/** All have an explicit VR, little endian; of the compressed ones those that are needed here. */
export const TRANSFER_SYNTAX = {
  none: "1.2.840.10008.1.2.1",
  "lossless JPEG": "1.2.840.10008.1.2.4.70",
} as const;

/** Under 2.25, from a UUID made for this program. */
const IMPLEMENTATION_UID = "2.25.214512089436742036612897456120987334561";
const ITEM = 0xe000;
const SEQUENCE_END = 0xe0dd;
const UNDEFINED_LENGTH = 0xffffffff;
const LONG_LENGTH = new Set(["OW", "OB", "SQ"]);

/** A whole file. `text` is written in UTF-8: the set must name ISO_IR 192 where it is not ASCII. */
export function writeDicomFile(
  dataSet: DataSet,
  sopClassUid: string,
  sopInstanceUid: string,
  transferSyntax: string,
): Uint8Array {
  const meta = bytesOf(
    new Map<number, ElementValue>([
      [0x00020001, { vr: "OB", value: Uint8Array.of(0, 1) }],
      [0x00020002, { vr: "UI", value: sopClassUid }],
      [0x00020003, { vr: "UI", value: sopInstanceUid }],
      [0x00020010, { vr: "UI", value: transferSyntax }],
      [0x00020012, { vr: "UI", value: IMPLEMENTATION_UID }],
    ]),
  );
  const length = new Uint8Array(12);
  const view = new DataView(length.buffer);
  view.setUint16(0, 0x0002, true);
  length.set(Buffer.from("UL"), 4);
  view.setUint16(6, 4, true);
  view.setUint32(8, meta.length, true);
  const preamble = new Uint8Array(128);
  // An array of its own: a Buffer would come out of another thread as something else.
  return Uint8Array.from(
    Buffer.concat([preamble, Buffer.from("DICM"), length, meta, bytesOf(dataSet)]),
  );
}

function bytesOf(dataSet: DataSet): Uint8Array {
  const sorted = [...dataSet].sort(([a], [b]) => a - b);
  return Buffer.concat(sorted.map(([tag, element]) => elementBytes(tag, element)));
}

function elementBytes(tag: number, element: ElementValue): Uint8Array {
  const compressed = "stream" in element;
  const value = compressed ? fragmentBytes(element.stream) : valueBytes(element);
  const header = new Uint8Array(LONG_LENGTH.has(element.vr) ? 12 : 8);
  const view = new DataView(header.buffer);
  view.setUint16(0, tag >>> 16, true);
  view.setUint16(2, tag & 0xffff, true);
  header.set(Buffer.from(element.vr), 4);
  if (header.length === 12) view.setUint32(8, compressed ? UNDEFINED_LENGTH : value.length, true);
  else view.setUint16(6, value.length, true);
  return Buffer.concat([header, value]);
}

/** A table of the one frame's offset, the frame in one fragment, and what ends them. */
function fragmentBytes(stream: Uint8Array): Uint8Array {
  const offsets = new Uint8Array(4);
  return Buffer.concat([
    itemBytes(offsets),
    itemBytes(padded(stream, 0)),
    itemHeader(SEQUENCE_END, 0),
  ]);
}

function valueBytes(element: Exclude<ElementValue, { readonly stream: Uint8Array }>): Uint8Array {
  switch (element.vr) {
    case "SQ":
      return Buffer.concat(element.value.map((item) => itemBytes(bytesOf(item))));
    case "OW":
    case "OB":
      return padded(element.value, 0);
    case "US": {
      const numbers = typeof element.value === "number" ? [element.value] : element.value;
      return new Uint8Array(Uint16Array.from(numbers).buffer);
    }
    case "SS":
      return new Uint8Array(Int16Array.of(element.value).buffer);
    default: {
      const text = typeof element.value === "string" ? element.value : element.value.join("\\");
      return padded(Buffer.from(text, "utf8"), element.vr === "UI" ? 0 : 0x20);
    }
  }
}

function itemBytes(content: Uint8Array): Uint8Array {
  return Buffer.concat([itemHeader(ITEM, content.length), content]);
}

function itemHeader(element: number, length: number): Uint8Array {
  const header = new Uint8Array(8);
  const view = new DataView(header.buffer);
  view.setUint16(0, 0xfffe, true);
  view.setUint16(2, element, true);
  view.setUint32(4, length, true);
  return header;
}

function padded(bytes: Uint8Array, filler: number): Uint8Array {
  if (bytes.length % 2 === 0) return bytes;
  return Buffer.concat([bytes, Uint8Array.of(filler)]);
}
