/**
 * Codes by which readers speak of cases. A code is the beginning of a task's place in its reader's own
 * order, in 32 letters that are not taken for each other: the same case has another code for another
 * reader, in another round, and as a repeat, and nobody can tell which belong together.
 */
const LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";
const CODE_LENGTH = 12;
const HEX_DIGITS = 15;
/** Sorts after every hexadecimal digit. */
const AFTER_HEX = "g";

/** Twelve letters: 60 bits of the position's 80. */
export function caseCode(position: string): string {
  const bits = BigInt(`0x${position.slice(0, HEX_DIGITS)}`);
  return Array.from({ length: CODE_LENGTH }, (_, index) => {
    const shift = BigInt(5 * (CODE_LENGTH - 1 - index));
    return LETTERS[Number((bits >> shift) & 31n)];
  }).join("");
}

/** As people say it: `7KQ2-M41X`. */
export function caseLabel(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4, 8)}`.toUpperCase();
}

export interface PositionRange {
  /** The first position that is in it. */
  readonly from: string;
  /** The first that is behind it. */
  readonly to: string;
}

/** Where the positions lie of codes that begin so; null where none can. */
export function positionsOf(beginning: string): PositionRange | null {
  const letters = [...beginning].map((letter) => LETTERS.indexOf(letter));
  if (letters.length > CODE_LENGTH || letters.includes(-1)) return null;
  const fill = (rest: number) =>
    Array.from({ length: CODE_LENGTH }, (_, index) => letters[index] ?? rest)
      .reduce((bits, letter) => (bits << 5n) | BigInt(letter), 0n)
      .toString(16)
      .padStart(HEX_DIGITS, "0");
  return { from: fill(0), to: `${fill(31)}${AFTER_HEX}` };
}
