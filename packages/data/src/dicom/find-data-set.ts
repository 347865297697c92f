/**
 * Where a DICOM file's data set begins and how it is written. What the file says of it is believed where
 * its first element bears it out. A deflated one is inflated by whoever opens the file: Node does it at
 * once, a browser in a stream.
 */
import { causeText } from "@malleolus/errors";
import { DataError } from "../errors.ts";
import { type Writing, writingOf } from "./elements.ts";
import { readFileMeta } from "./file-meta.ts";
import {
  BIG_ENDIAN,
  DEFLATED,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
} from "./transfer-syntax.ts";

/** More than any radiograph: what a deflated file may unfold to. */
export const MAX_INFLATED_BYTES = 2 ** 30;

export interface OpenedFile {
  /** The file's, inflated where they were deflated; offsets count in them. */
  readonly bytes: Uint8Array;
  readonly dataSetStart: number;
  /** As the data set is written. */
  readonly transferSyntax: string;
  readonly writing: Writing;
}

/**
 * Whether bytes begin like DICOM, and how: with preamble, without it, with the file meta information
 * only, or as a bare data set (as written before 1993, and by some exporters since).
 */
export function dicomOpening(
  bytes: Uint8Array,
): "part-10" | "prefix" | "no-preamble" | "bare" | undefined {
  const ascii = (from: number, to: number): string =>
    String.fromCharCode(...bytes.subarray(from, to));
  if (ascii(128, 132) === "DICM") return "part-10";
  if (ascii(0, 4) === "DICM") return "prefix";
  if (bytes.length < 8 || bytes[1] !== 0 || bytes[3] !== 0) return undefined;
  const isShort = bytes[5] === 0 && bytes[6] === 0 && bytes[7] === 0;
  // The group's length, or the version that stands behind it.
  if (bytes[0] === 2 && bytes[2] <= 1 && (/^(UL|OB)$/.test(ascii(4, 6)) || isShort)) {
    return "no-preamble";
  }
  // Group 0008, up to its Modality, and a VR or the length of a short value.
  const isExplicit = /^(UL|CS|UI|DA|TM|SH|LO|SQ)$/.test(ascii(4, 6));
  return bytes[0] === 8 && bytes[2] <= 0x60 && (isShort || isExplicit) ? "bare" : undefined;
}

/** A file that can be read as it is, or the deflated bytes of its data set. */
export type FoundDataSet =
  | { readonly kind: "plain"; readonly file: OpenedFile }
  | { readonly kind: "deflated"; readonly deflated: Uint8Array };

/** @throws DataError `unknown-format`. */
export function findDataSet(bytes: Uint8Array, where: string): FoundDataSet {
  switch (dicomOpening(bytes)) {
    case "part-10":
      return afterMeta(bytes, 132);
    case "prefix":
      return afterMeta(bytes, 4);
    case "no-preamble":
      return afterMeta(bytes, 0);
    case "bare":
      return { kind: "plain", file: asWritten(bytes, 0, null) };
    case undefined:
      throw new DataError("unknown-format", `${where}: expected a DICOM file, got something else`);
  }
}

/** The file whose data set was deflated. */
export function inflatedFile(dataSet: Uint8Array): OpenedFile {
  return { ...asWritten(dataSet, 0, EXPLICIT_LITTLE_ENDIAN), transferSyntax: DEFLATED };
}

/** Of a data set that does not inflate. */
export function notInflated(cause: unknown, where: string): DataError {
  return new DataError(
    "damaged",
    `${where}: expected a deflated data set, got one that does not inflate (${causeText(cause)}); ` +
      "the file is cut or damaged: export it again",
    { cause },
  );
}

function afterMeta(bytes: Uint8Array, start: number): FoundDataSet {
  const { dataSetStart, transferSyntax } = readFileMeta(bytes, start);
  return transferSyntax === DEFLATED
    ? { kind: "deflated", deflated: bytes.subarray(dataSetStart) }
    : { kind: "plain", file: asWritten(bytes, dataSetStart, transferSyntax) };
}

function asWritten(bytes: Uint8Array, start: number, said: string | null): OpenedFile {
  const declared = said === null ? null : declaredWriting(said);
  const writing = writingOf(bytes, start, declared);
  const isAsSaid =
    said !== null &&
    writing.explicit === declared?.explicit &&
    writing.bigEndian === declared.bigEndian;
  const transferSyntax = isAsSaid || isCompressed(said) ? said : plainSyntax(writing);
  return { bytes, dataSetStart: start, transferSyntax, writing };
}

/** How a transfer syntax says that elements are written. */
export function declaredWriting(transferSyntax: string): Writing {
  return {
    explicit: transferSyntax !== IMPLICIT_LITTLE_ENDIAN,
    bigEndian: transferSyntax === BIG_ENDIAN,
  };
}

/** Whatever its elements are written in, its pixels are in that. */
function isCompressed(transferSyntax: string | null): transferSyntax is string {
  const plain = [IMPLICIT_LITTLE_ENDIAN, EXPLICIT_LITTLE_ENDIAN, BIG_ENDIAN];
  return transferSyntax !== null && !plain.includes(transferSyntax);
}

function plainSyntax({ explicit, bigEndian }: Writing): string {
  if (bigEndian) return BIG_ENDIAN;
  return explicit ? EXPLICIT_LITTLE_ENDIAN : IMPLICIT_LITTLE_ENDIAN;
}
