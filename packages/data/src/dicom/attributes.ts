/**
 * Typed access to the attributes of a DICOM data set, as `elements.ts` finds them: the same whether
 * the file says how they are represented, says that it does not know (UN), or leaves it to the
 * dictionary.
 */
import { DataError } from "../errors.ts";
import { type CharacterSets, decodeText } from "./character-set.ts";
import { readDecimals } from "./decimal-strings.ts";
import { type ByteElement, readElements, readItems, type Writing } from "./elements.ts";
import { declaredWriting, type OpenedFile } from "./find-data-set.ts";

const SPECIFIC_CHARACTER_SET = 0x00080005;

/** A DICOM data set. Every read may throw DataError `damaged`. */
export interface Attributes {
  readonly transferSyntax: string;
  readonly writing: Writing;
  /** The file's bytes, inflated where they were deflated; offsets count in them. */
  readonly bytes: Uint8Array;
  /** Trimmed text of a value (the first, if not said), null where it is missing or empty. */
  text(tag: string, index?: number): string | null;
  /** Number of a decimal or integer string, null where it is missing or not a number. */
  decimal(tag: string, index?: number): number | null;
  /** All of them, null for those that are no numbers. */
  decimals(tag: string): readonly (number | null)[];
  /** 16-bit number in the data set's byte order, null where it is missing. */
  short(tag: string, options?: { index?: number; signed?: boolean }): number | null;
  /** All 16-bit numbers of an element, or its bytes where it is said to hold bytes. */
  numbers(tag: string, bytesEach: 1 | 2): number[];
  /** The items of a sequence, none where it is missing. */
  items(tag: string): Attributes[];
  element(tag: string): ByteElement | null;
}

/**
 * The attributes of a file's data set. `where` begins the messages.
 *
 * @throws DataError `damaged` where the file ends within an element, or before the first.
 */
export function readAttributes(file: OpenedFile, where: string): Attributes {
  const range = { from: file.dataSetStart, to: file.bytes.length };
  const elements = readElements(file.bytes, range, file.writing, where, true);
  if (elements.length === 0) {
    throw new DataError(
      "damaged",
      `${where}: expected a whole DICOM file, got one without a data set; it was cut: export it again`,
    );
  }
  return attributes(elements, { ...file, where, sets: [] });
}

/**
 * Those of a data set that no file is around, as a message of the network carries it; one of no bytes has none.
 *
 * @throws DataError `damaged` where it ends within an element.
 */
export function parseBareDataSet(
  bytes: Uint8Array,
  transferSyntax: string,
  where: string,
): Attributes {
  const writing = declaredWriting(transferSyntax);
  const elements = readElements(bytes, { from: 0, to: bytes.length }, writing, where);
  return attributes(elements, { bytes, transferSyntax, writing, where, sets: [] });
}

interface Context {
  readonly bytes: Uint8Array;
  readonly transferSyntax: string;
  readonly writing: Writing;
  readonly where: string;
  /** Of the data set around it. */
  readonly sets: CharacterSets;
}

function attributes(elements: readonly ByteElement[], context: Context): Attributes {
  const { bytes, writing, where } = context;
  const byTag = new Map(elements.map((element) => [element.tag, element]));
  const find = (tag: string): ByteElement | undefined =>
    byTag.get(Number.parseInt(tag.slice(1), 16));
  const sets = characterSets(bytes, byTag.get(SPECIFIC_CHARACTER_SET), context.sets);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const value = ({ valueStart, valueEnd }: ByteElement) => bytes.subarray(valueStart, valueEnd);
  const text = (tag: string, index = 0): string | null => {
    const element = find(tag);
    if (element === undefined) return null;
    // Decoded first: the second byte of a character may be that of a backslash.
    const part = decodeText(value(element), sets).split("\\")[index];
    return part?.replaceAll("\0", "").trim() || null;
  };
  const decimals = (tag: string) => {
    const element = find(tag);
    return element === undefined ? [] : readDecimals(decodeText(value(element), []));
  };
  return {
    transferSyntax: context.transferSyntax,
    writing,
    bytes,
    text,
    decimal: (tag, index = 0) => decimals(tag)[index] ?? null,
    decimals,
    short(tag, { index = 0, signed = false } = {}) {
      const element = find(tag);
      const at = (element?.valueStart ?? 0) + 2 * index;
      if (element === undefined || at + 2 > element.valueEnd) return null;
      const isLittle = !writing.bigEndian;
      return signed ? view.getInt16(at, isLittle) : view.getUint16(at, isLittle);
    },
    numbers(tag, bytesEach) {
      const element = find(tag);
      if (element === undefined) return [];
      const { valueStart, valueEnd } = element;
      return Array.from({ length: Math.floor((valueEnd - valueStart) / bytesEach) }, (_, i) =>
        bytesEach === 1
          ? bytes[valueStart + i]
          : view.getUint16(valueStart + 2 * i, !writing.bigEndian),
      );
    },
    items(tag) {
      const element = find(tag);
      if (element === undefined || !element.isSequence) return [];
      return readItems(bytes, element, writing, where).map((item) =>
        attributes(readElements(bytes, item, item.writing, where), {
          ...context,
          writing: item.writing,
          sets,
        }),
      );
    },
    element: (tag) => find(tag) ?? null,
  };
}

/** Of a data set or an item: its own, or those around it (PS3.3 section C.12.1.1.2). */
export function characterSets(
  bytes: Uint8Array,
  element: ByteElement | undefined,
  around: CharacterSets,
): CharacterSets {
  if (element === undefined) return around;
  const written = bytes.subarray(element.valueStart, element.valueEnd);
  const sets = decodeText(written, []).replaceAll("\0", "").split("\\");
  return sets.map((set) => set.trim());
}
