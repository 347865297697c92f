/**
 * Whether a new passphrase keeps a key file shut. Who has the file can try passphrases as fast as scrypt
 * lets them, some ten a second on a core, so that a passphrase must not be among the first billions
 * that are tried: words with a number behind them, rows of keys, names of months, repetitions.
 *
 * It counts bits that a guesser has to get right: a common word or a sequence counts as one choice
 * however long it is, any other letter as a little more than its share of a language. The estimate is
 * rough, and knows few words; it is there to refuse what is plainly weak.
 */
import { COMMON_STEMS } from "./common-stems.ts";

const FEWEST_CHARACTERS = 10;
const FEWEST_BITS = 40;
/** Of a word or sequence that is on every guesser's list. */
const STEM_BITS = 9;
/**
 * Of a letter within a word that nobody listed, of one that stands among digits and signs, and of
 * these.
 */
const LETTER_BITS = 3;
const LONE_LETTER_BITS = 4.7;
const DIGIT_BITS = 3.3;
const SIGN_BITS = 4.7;
const SHORTEST_WORD = 4;

const ROWS = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop", "1234567890"];

/** Null for one that may serve; else what is wrong with it, to follow "expected". */
export function passphraseWeakness(passphrase: string): string | null {
  const written = passphrase.normalize("NFKC");
  const length = [...written].length;
  if (length < FEWEST_CHARACTERS) {
    return `a passphrase of at least ${FEWEST_CHARACTERS} characters, got ${length}`;
  }
  if (passphraseBits(written) >= FEWEST_BITS) return null;
  return "a passphrase that is not guessed, got one of common words, rows of keys or repetitions";
}

/** Bits that a guesser must get right, roughly. */
export function passphraseBits(passphrase: string): number {
  const text = readable(passphrase);
  const seen = new Set<string>();
  let bits = 0;
  for (let position = 0; position < text.length; ) {
    const piece = pieceAt(text, position);
    // What stands there a second time is no second choice.
    if (!seen.has(piece.text)) bits += piece.bits;
    if (piece.text.length > 1) seen.add(piece.text);
    position += piece.text.length;
  }
  return bits;
}

/** In small letters, with the signs that stand for letters as these: `P@ssw0rd`. */
function readable(passphrase: string): string {
  const signs: Readonly<Record<string, string>> = { "@": "a", $: "s", "!": "i" };
  return passphrase
    .toLowerCase()
    .replace(/[@$!](?=\p{L})/gu, (sign) => signs[sign] ?? sign)
    .replace(/(?<=\p{L})0(?=\p{L})/gu, "o")
    .replace(/(?<=\p{L})1(?=\p{L})/gu, "i")
    .replace(/(?<=\p{L})3(?=\p{L})/gu, "e");
}

interface Piece {
  readonly text: string;
  readonly bits: number;
}

function pieceAt(text: string, position: number): Piece {
  const rest = text.slice(position);
  const candidates = [yearAt(rest), sequenceAt(rest), stemAt(rest)];
  const best = candidates.reduce((a, b) => (b.length > a.length ? b : a));
  if (best.length >= 3) return { text: best, bits: STEM_BITS };
  const [first] = rest;
  return { text: first, bits: bitsOfCharacter(text, position, first) };
}

function bitsOfCharacter(text: string, position: number, character: string): number {
  if (/\d/.test(character)) return DIGIT_BITS;
  if (!/\p{L}/u.test(character)) return character === " " ? 1 : SIGN_BITS;
  const before = /\p{L}*$/u.exec(text.slice(0, position))?.[0] ?? "";
  const after = /^\p{L}*/u.exec(text.slice(position))?.[0] ?? "";
  return before.length + after.length < SHORTEST_WORD ? LONE_LETTER_BITS : LETTER_BITS;
}

function yearAt(rest: string): string {
  return /^(?:19|20)\d{2}/.exec(rest)?.[0] ?? "";
}

/** `aaaa`, `abcd`, `4321`, `qwert`, and a part that is repeated: `abcabc`. */
function sequenceAt(rest: string): string {
  const repeated = /^(.{1,8}?)\1+/u.exec(rest)?.[0] ?? "";
  let length = 1;
  const step = rest.charCodeAt(1) - rest.charCodeAt(0);
  const isStep = Math.abs(step) <= 1;
  while (isStep && rest.charCodeAt(length) - rest.charCodeAt(length - 1) === step) length++;
  let row = "";
  for (const keys of ROWS.flatMap((one) => [one, [...one].reverse().join("")])) {
    const start = keys.indexOf(rest[0]);
    let along = 0;
    while (start >= 0 && along < rest.length && keys[start + along] === rest[along]) along++;
    if (along > row.length) row = rest.slice(0, along);
  }
  const run = rest.slice(0, length);
  return [repeated, run, row].reduce((a, b) => (b.length > a.length ? b : a));
}

/** The longest common word that begins here. */
function stemAt(rest: string): string {
  for (let length = Math.min(LONGEST_STEM, rest.length); length >= 3; length--) {
    const word = rest.slice(0, length);
    if (COMMON_STEMS.has(word)) return word;
  }
  return "";
}

const LONGEST_STEM = Math.max(...[...COMMON_STEMS].map((stem) => stem.length));
