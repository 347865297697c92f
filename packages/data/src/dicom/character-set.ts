/**
 * Text of a DICOM file by its Specific Character Set (0008,0005): PS3.3 section C.12.1.1.2, PS3.5
 * chapter 6 and annexes H to K.
 *
 * Node's TextDecoder knows the sets; here stands which of them a term means, and how escape sequences
 * (ISO 2022) change between them within a text. A file that says nothing, or not the truth, is read as
 * UTF-8 where it can be, and else as western Europe's systems write.
 */
import { latin1 } from "./byte-text.ts";

/** The values of (0008,0005), none where the file says nothing. */
export type CharacterSets = readonly string[];

/** Of `ISO_IR` and `ISO 2022 IR` by their number: sets of one byte, whose upper half is theirs. */
const SINGLE_BYTE: Readonly<Record<string, string>> = {
  // Latin-1's own control characters occur nowhere; what stands there was written by Windows.
  100: "windows-1252",
  101: "iso-8859-2",
  109: "iso-8859-3",
  110: "iso-8859-4",
  126: "iso-8859-7",
  127: "iso-8859-6",
  138: "iso-8859-8",
  144: "iso-8859-5",
  148: "windows-1254",
  166: "windows-874",
  203: "iso-8859-15",
  // JIS X 0201: katakana in the upper half, as Shift JIS has them.
  13: "shift_jis",
};
/** Of ISO 2022: two bytes a character, both in the upper half. */
const DOUBLE_BYTE: Readonly<Record<string, string>> = { 149: "euc-kr", 58: "gbk" };
const WHOLE: Readonly<Record<string, string>> = { 192: "utf-8", GB18030: "gb18030", GBK: "gbk" };

/** What an escape sequence brings into the upper half (G1), by the bytes after ESC. */
const TO_UPPER: Readonly<Record<string, string>> = {
  "-A": "windows-1252",
  "-B": "iso-8859-2",
  "-C": "iso-8859-3",
  "-D": "iso-8859-4",
  "-F": "iso-8859-7",
  "-G": "iso-8859-6",
  "-H": "iso-8859-8",
  "-L": "iso-8859-5",
  "-M": "windows-1254",
  "-T": "windows-874",
  "-b": "iso-8859-15",
  ")I": "shift_jis",
  "$)C": "euc-kr",
  "$)A": "gbk",
};
/** Into the lower half (G0): ASCII, or Japanese in two bytes of seven bits. */
const TO_LOWER: Readonly<Record<string, "ascii" | "jis-0208" | "jis-0212">> = {
  "(B": "ascii",
  "(J": "ascii",
  "$@": "jis-0208",
  $B: "jis-0208",
  "$(D": "jis-0212",
};

const ESCAPE = 0x1b;
/** Line ends and tabs, `\`, and `^` and `=` of names: a set of the upper half ends there. */
const DELIMITERS = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x5c, 0x5e, 0x3d]);

/** The text in a value's bytes. Never throws: what cannot be read becomes U+FFFD. */
export function decodeText(bytes: Uint8Array, sets: CharacterSets): string {
  if (bytes.every((byte) => byte < 0x80 && byte !== ESCAPE)) return latin1(bytes);
  const [first = "", ...others] = sets.map(termOf);
  const whole = WHOLE[first];
  if (whole !== undefined) return decodeAs(whole, bytes) ?? guess(bytes, null);
  if (others.length > 0 || bytes.includes(ESCAPE)) return decodeExtended(bytes, first, others);
  const set = SINGLE_BYTE[first] ?? DOUBLE_BYTE[first];
  return set === undefined || first === "100"
    ? guess(bytes, set ?? null)
    : (decodeAs(set, bytes) ?? guess(bytes, set));
}

/** `ISO_IR 100`, `ISO 2022 IR 100` and what exporters make of them, as `100`. */
function termOf(written: string): string {
  const term = written.trim().toUpperCase();
  if (/^UTF-?8$/.test(term)) return "192";
  return /^(?:ISO[ _-]?(?:2022)?[ _-]?IR|ISO[ _-]IR)[ _-]?(\d+)$/.exec(term)?.[1] ?? term;
}

/** UTF-8 is told by its bytes: hardly a text of another set happens to be valid in it. */
function guess(bytes: Uint8Array, set: string | null): string {
  return (
    decodeAs("utf-8", bytes) ??
    (set === null ? null : decodeAs(set, bytes)) ??
    new TextDecoder("windows-1252").decode(bytes)
  );
}

/** Null where the bytes are not of the set. */
function decodeAs(set: string, bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(set, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Code extensions: the text in runs, each of one set. */
function decodeExtended(bytes: Uint8Array, first: string, others: readonly string[]): string {
  const upperOf = (term: string) => SINGLE_BYTE[term] ?? DOUBLE_BYTE[term] ?? null;
  const initial = upperOf(first);
  // Where the escape sequence was forgotten, the one set that is named is meant.
  const forgotten = others.map(upperOf).find((set) => set !== null) ?? null;
  let upper = initial;
  let lower: "ascii" | "jis-0208" | "jis-0212" = "ascii";
  let text = "";
  let position = 0;
  while (position < bytes.length) {
    if (bytes[position] === ESCAPE) {
      const sequence = escapeAt(bytes, position + 1);
      if (sequence !== null) {
        upper = TO_UPPER[sequence] ?? upper;
        lower = TO_LOWER[sequence] ?? lower;
        position += 1 + sequence.length;
        continue;
      }
    }
    const end = endOfRun(bytes, position);
    const run = bytes.subarray(position, end);
    if (run[0] >= 0x80) {
      const set = upper ?? forgotten;
      text += (set === null ? null : decodeAs(set, run)) ?? guess(run, null);
    } else if (lower === "ascii") {
      text += latin1(run);
      // Writers who do not return to their set at a delimiter mean the last one.
      if (initial !== null && run.some((byte) => DELIMITERS.has(byte))) upper = initial;
    } else {
      text += decodeJapanese(run, lower);
    }
    position = end;
  }
  return text;
}

/** Sequences are of two or three bytes. */
function escapeAt(bytes: Uint8Array, start: number): string | null {
  const known = [3, 2].map((length) => latin1(bytes.subarray(start, start + length)));
  return known.find((one) => one in TO_UPPER || one in TO_LOWER) ?? null;
}

/** Bytes of one half, up to an escape sequence. */
function endOfRun(bytes: Uint8Array, start: number): number {
  const isUpper = bytes[start] >= 0x80;
  let end = start + 1;
  while (end < bytes.length && bytes[end] !== ESCAPE && bytes[end] >= 0x80 === isUpper) end++;
  return end;
}

/** JIS X 0208 and 0212 in seven bits, as EUC-JP writes them in eight. */
function decodeJapanese(run: Uint8Array, set: "jis-0208" | "jis-0212"): string {
  const pairs: number[] = [];
  for (let i = 0; i + 1 < run.length; i += 2) {
    if (set === "jis-0212") pairs.push(0x8f);
    pairs.push(run[i] | 0x80, run[i + 1] | 0x80);
  }
  const rest = run.length % 2 === 1 ? latin1(run.subarray(-1)) : "";
  return new TextDecoder("euc-jp").decode(Uint8Array.from(pairs)) + rest;
}
