/**
 * Look-up tables of DICOM (PS3.3 section C.11.1.1), also as machines write them whose descriptor and
 * entries do not agree.
 */
import { DataError } from "../errors.ts";
import type { Attributes } from "./attributes.ts";

const DESCRIPTOR = "x00283002";
const DATA = "x00283006";

/** Values below the first are the first entry, those above the last the last. */
export interface Lut {
  readonly first: number;
  readonly entries: readonly number[];
  /** Greatest value an entry can have. */
  readonly top: number;
}

/**
 * Reads the table of an item. `mayBeNegative`: whether what is looked up can be, so that the first
 * value is a signed number where the file does not say it (implicit writing cannot).
 *
 * @throws DataError `damaged` where it is cut.
 */
export function readLut(item: Attributes, mayBeNegative: boolean, where: string): Lut {
  const count = item.short(DESCRIPTOR, { index: 0 });
  const signed = mayBeNegative || item.element(DESCRIPTOR)?.writtenVr === "SS";
  const first = item.short(DESCRIPTOR, { index: 1, signed });
  const bits = item.short(DESCRIPTOR, { index: 2 });
  const data = item.element(DATA);
  const length = data === null ? 0 : data.valueEnd - data.valueStart;
  // A count of 0 stands for 65,536.
  const expected = count === 0 ? 65_536 : (count ?? 0);
  const bytesEach = length >= 2 * expected ? 2 : 1;
  if (
    first === null ||
    bits === null ||
    bits < 1 ||
    bits > 16 ||
    expected === 0 ||
    length < expected
  ) {
    throw new DataError(
      "damaged",
      `${where}: expected a look-up table of ${expected} entries, got ${length} bytes`,
    );
  }
  const entries = item.numbers(DATA, bytesEach).slice(0, expected);
  return { first, entries, top: 2 ** bitsOf(entries, bits) - 1 };
}

export function lookUp(lut: Lut, value: number): number {
  const index = Math.round(value) - lut.first;
  return lut.entries[Math.min(Math.max(index, 0), lut.entries.length - 1)];
}

/** Fewer bits than these are no table for the eye. */
const FEWEST_BITS = 8;
const STORAGE_BITS = 16;

/**
 * Bits of the entries: as said, unless that is the size they are stored in (16) while no entry needs
 * it, or they need more.
 */
function bitsOf(entries: readonly number[], said: number): number {
  const greatest = entries.reduce((most, entry) => Math.max(most, entry), 0);
  const needed = Math.max(FEWEST_BITS, Math.ceil(Math.log2(greatest + 1)));
  return said === STORAGE_BITS || needed > said ? needed : said;
}
