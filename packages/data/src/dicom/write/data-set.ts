/**
 * DICOM data sets to bytes: explicit VR, little endian, defined lengths; compressed pixels in a
 * fragment of their own. It writes what it is given, sorted by tag; what an object must hold is its
 * caller's business.
 */
import type { Writing } from "../elements.ts";
import { EXPLICIT, writeElement, writeFragments, writeItem } from "./elements.ts";
import { type FileMetaInformation, writeMeta } from "./file-meta.ts";

/** `TM`, `DA` and the like take text; numbers of `US` are binary, those of `DS` and `IS` text. */
export type ElementValue =
  | { readonly vr: TextVr; readonly value: string | readonly string[] }
  | { readonly vr: NumberVr; readonly value: number | readonly number[] }
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
  | "DT"
  | "IS"
  | "LO"
  | "LT"
  | "PN"
  | "SH"
  | "ST"
  | "TM"
  | "UC"
  | "UI"
  | "UT";

/** Of `AT` a number is a tag, `0x00100010` say. */
type NumberVr = keyof typeof NUMBER_WRITERS;

const NUMBER_WRITERS = {
  US: {
    bytes: 2,
    write: (to: DataView, value: number, at: number) => to.setUint16(at, value, true),
  },
  SS: {
    bytes: 2,
    write: (to: DataView, value: number, at: number) => to.setInt16(at, value, true),
  },
  UL: {
    bytes: 4,
    write: (to: DataView, value: number, at: number) => to.setUint32(at, value, true),
  },
  SL: {
    bytes: 4,
    write: (to: DataView, value: number, at: number) => to.setInt32(at, value, true),
  },
  FL: {
    bytes: 4,
    write: (to: DataView, value: number, at: number) => to.setFloat32(at, value, true),
  },
  AT: {
    bytes: 4,
    write(to: DataView, value: number, at: number) {
      to.setUint16(at, value >>> 16, true);
      to.setUint16(at + 2, value & 0xffff, true);
    },
  },
} as const;

/** From tag, `0x00100010` say, to element. */
export type DataSet = ReadonlyMap<number, ElementValue>;

/** All have an explicit VR, little endian; of the compressed ones those that are needed here. */
export const TRANSFER_SYNTAX = {
  none: "1.2.840.10008.1.2.1",
  "lossless JPEG": "1.2.840.10008.1.2.4.70",
} as const;

/** A whole file. Text is written in UTF-8: the set must name ISO_IR 192 where it is not ASCII. */
export function writeDicomFile(dataSet: DataSet, meta: FileMetaInformation): Uint8Array {
  // An array of its own: a Buffer would come out of another thread as something else.
  return Uint8Array.from(Buffer.concat([writeMeta(meta), bytesOf(dataSet, EXPLICIT)]));
}

/** A data set without a file around it, as a message of the network carries it; text as in a file. */
export function writeBareDataSet(dataSet: DataSet, vrs: "explicit" | "implicit"): Uint8Array {
  return bytesOf(dataSet, { explicit: vrs === "explicit", bigEndian: false });
}

function bytesOf(dataSet: DataSet, writing: Writing): Buffer {
  const sorted = [...dataSet].sort(([a], [b]) => a - b);
  return Buffer.concat(sorted.map(([tag, element]) => elementBytes(tag, element, writing)));
}

function elementBytes(tag: number, element: ElementValue, writing: Writing): Buffer {
  if ("stream" in element) return writeFragments(tag, [0], [element.stream]);
  return writeElement(tag, element.vr, valueBytes(element, writing), writing);
}

function valueBytes(
  element: Exclude<ElementValue, { readonly stream: Uint8Array }>,
  writing: Writing,
): Uint8Array {
  switch (element.vr) {
    case "SQ":
      return Buffer.concat(element.value.map((item) => writeItem(bytesOf(item, writing), writing)));
    case "OW":
    case "OB":
      return element.value;
    case "US":
    case "SS":
    case "UL":
    case "SL":
    case "FL":
    case "AT":
      return numberBytes(element.vr, element.value);
    default: {
      const text = typeof element.value === "string" ? element.value : element.value.join("\\");
      return Buffer.from(text, "utf8");
    }
  }
}

function numberBytes(vr: NumberVr, value: number | readonly number[]): Uint8Array {
  const numbers = typeof value === "number" ? [value] : value;
  const { bytes, write } = NUMBER_WRITERS[vr];
  const written = new Uint8Array(bytes * numbers.length);
  const view = new DataView(written.buffer);
  for (const [i, number] of numbers.entries()) write(view, number, i * bytes);
  return written;
}
