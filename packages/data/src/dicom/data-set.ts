/**
 * DICOM bytes to a data set, and typed access to its attributes. The only file that knows
 * dicom-parser.
 *
 * Everything that dicom-parser throws becomes a DataError; what it returns is narrowed here.
 */
import { inflateRawSync } from "node:zlib";
import dicomParser, { type DataSet, type Element } from "dicom-parser";
import { causeText, DataError } from "../errors.ts";
import { readFileMeta } from "./file-meta.ts";
import { BIG_ENDIAN } from "./transfer-syntax.ts";

/** More than any radiograph: what a deflated file may unfold to. */
const MAX_INFLATED_BYTES = 2 ** 30;

/** An attribute's value in the file's bytes. */
export interface RawElement {
  readonly vr: string | undefined;
  readonly offset: number;
  readonly length: number;
  readonly undefinedLength: boolean;
}

/**
 * Whether bytes begin like DICOM, and how: with preamble, with the file meta information only,
 * or as a bare data set (as written before 1993, and by some exporters since).
 */
export function dicomOpening(bytes: Uint8Array): "part-10" | "no-preamble" | "bare" | undefined {
  const ascii = (from: number, to: number): string =>
    String.fromCharCode(...bytes.subarray(from, to));
  if (ascii(128, 132) === "DICM") return "part-10";
  if (bytes.length < 8 || bytes[1] !== 0 || bytes[3] !== 0) return undefined;
  if (bytes[0] === 2 && ascii(4, 6) === "UL") return "no-preamble";
  // Group 0008, up to its Modality, and a VR or the length of a short value.
  const isShort = bytes[5] === 0 && bytes[6] === 0 && bytes[7] === 0;
  const isExplicit = /^(UL|CS|UI|DA|TM|SH|LO)$/.test(ascii(4, 6));
  return bytes[0] === 8 && bytes[2] <= 0x60 && (isShort || isExplicit) ? "bare" : undefined;
}

/** A DICOM data set. Every read may throw DataError `damaged`. */
export interface Attributes {
  readonly transferSyntax: string;
  /** The file's bytes, inflated where they were deflated; offsets count in them. */
  readonly bytes: Uint8Array;
  /** Trimmed text of a value (the first, if not said), null where it is missing or empty. */
  text(tag: string, index?: number): string | null;
  /** Number of a decimal or integer string, null where it is missing or not a number. */
  decimal(tag: string, index?: number): number | null;
  /** 16-bit number in the data set's byte order, null where it is missing. */
  short(tag: string, options?: { index?: number; signed?: boolean }): number | null;
  /** All 16-bit numbers of an element, or its bytes where it is said to hold bytes. */
  numbers(tag: string, bytesEach: 1 | 2): number[];
  /** The items of a sequence, none where it is missing. */
  items(tag: string): Attributes[];
  element(tag: string): RawElement | null;
}

/**
 * Parses a DICOM file (PS3.10) or a bare data set. `where` begins the messages.
 *
 * Throws DataError `damaged` where the bytes are not DICOM or end within an element.
 */
export function parseDataSet(bytes: Uint8Array, where: string): Attributes {
  const guard = <T>(read: () => T): T => {
    try {
      return read();
    } catch (cause) {
      throw new DataError(
        "damaged",
        `${where}: expected a whole DICOM file, got one that cannot be parsed ` +
          `(${causeText(cause).slice(0, 160)}); it may be cut or damaged: export it again`,
        { cause },
      );
    }
  };
  return guard(() => {
    const dataSet = parseOpening(bytes);
    const syntax = dataSet.string("x00020010") ?? "1.2.840.10008.1.2";
    return attributes(dataSet, syntax, guard);
  });
}

function parseOpening(bytes: Uint8Array): DataSet {
  switch (dicomOpening(bytes)) {
    case "no-preamble":
      return parsePart10(Buffer.concat([Buffer.alloc(128), Buffer.from("DICM"), bytes]));
    case "bare": {
      const explicit = bytes[4] >= 0x41 && bytes[5] >= 0x41;
      const syntax = explicit ? "1.2.840.10008.1.2.1" : "1.2.840.10008.1.2";
      return dicomParser.parseDicom(bytes, { TransferSyntaxUID: syntax });
    }
    default:
      return parsePart10(bytes);
  }
}

function parsePart10(bytes: Uint8Array): DataSet {
  const { dataSetStart, transferSyntax } = readFileMeta(bytes, 132);
  if (transferSyntax === BIG_ENDIAN) {
    // dicom-parser looks for the end of the meta information by reading the element after it as
    // little endian, which fails where that is a sequence.
    return dicomParser.parseDicom(bytes.subarray(dataSetStart), { TransferSyntaxUID: BIG_ENDIAN });
  }
  return dicomParser.parseDicom(bytes, {
    // dicom-parser wants the header as it was, followed by the inflated rest.
    inflater: (deflated: Uint8Array, position: number) =>
      Buffer.concat([
        deflated.subarray(0, position),
        inflateRawSync(deflated.subarray(position), { maxOutputLength: MAX_INFLATED_BYTES }),
      ]),
  });
}

function attributes(dataSet: DataSet, syntax: string, guard: <T>(read: () => T) => T): Attributes {
  const find = (tag: string): Element | undefined => dataSet.elements[tag];
  // dicom-parser's own index throws where there are fewer values.
  const text = (tag: string, index = 0): string | null =>
    guard(() => {
      const value = dataSet.string(tag)?.split("\\")[index];
      return value?.replaceAll("\0", "").trim() || null;
    });
  return {
    transferSyntax: syntax,
    bytes: dataSet.byteArray,
    text,
    decimal(tag, index) {
      const written = text(tag, index);
      const value = written === null ? Number.NaN : Number(written);
      return Number.isFinite(value) ? value : null;
    },
    short(tag, { index = 0, signed = false } = {}) {
      const element = find(tag);
      if (element === undefined || element.length < 2 * index + 2) return null;
      return (
        guard(() => (signed ? dataSet.int16 : dataSet.uint16).call(dataSet, tag, index)) ?? null
      );
    },
    numbers(tag, bytesEach) {
      const element = find(tag);
      if (element === undefined) return [];
      return guard(() =>
        Array.from({ length: Math.floor(element.length / bytesEach) }, (_, i) => {
          const offset = element.dataOffset + i * bytesEach;
          return bytesEach === 1
            ? dataSet.byteArray[offset]
            : dataSet.byteArrayParser.readUint16(dataSet.byteArray, offset);
        }),
      );
    },
    items(tag) {
      const found: Attributes[] = [];
      for (const item of find(tag)?.items ?? []) {
        if (item.dataSet !== undefined) found.push(attributes(item.dataSet, syntax, guard));
      }
      return found;
    },
    element(tag) {
      const element = find(tag);
      if (element === undefined) return null;
      return {
        vr: element.vr,
        offset: element.dataOffset,
        length: element.length,
        undefinedLength: element.hadUndefinedLength === true,
      };
    },
  };
}

/** Whether 16-bit values of a data set stand with their high byte first. */
export function isBigEndian(attributes: Attributes): boolean {
  return attributes.transferSyntax === BIG_ENDIAN;
}
