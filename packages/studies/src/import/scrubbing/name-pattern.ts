/**
 * How a part of a name may be written in a report: with or without its accents ("Müller", "Muller",
 * "Mueller"), and where the file's own character set was doubtful, with another accented letter in the
 * place of each ("Gündoðan" for "Gündoğan").
 */

/** Scripts that part no words by blanks. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
/** Of two letters that stand for one. */
const DIGRAPHS: Readonly<Record<string, string>> = {
  ae: "äæ",
  oe: "öøœ",
  ue: "ü",
  ss: "ß",
  aa: "å",
};
/** Letters of Latin alphabets that come apart into no plain letter and an accent. */
const PLAIN: Readonly<Record<string, string>> = {
  ı: "i",
  ł: "l",
  ø: "o",
  đ: "d",
  ð: "d",
  ħ: "h",
};

/** An expression for a part of a name, to be used with the flags `i` and `u`. */
export function namePattern(part: string): string {
  const letters = [...part.normalize("NFC").toLowerCase()];
  const plainLetters = letters.filter((letter) => /[a-z]/.test(letter)).length;
  // In Cyrillic or Greek, where every letter is another one, the letters are what they are.
  const isDoubtful = 2 * plainLetters >= letters.length;
  let pattern = "";
  for (let i = 0; i < letters.length; i++) {
    const pair = `${letters[i]}${letters[i + 1] ?? ""}`;
    if (Object.hasOwn(DIGRAPHS, pair)) {
      pattern += `(?:${anyOf(letters[i])}${anyOf(letters[i + 1])}|[${DIGRAPHS[pair]}])`;
      i++;
    } else {
      pattern += letterPattern(letters[i], isDoubtful);
    }
  }
  // Only there a word is told from the middle of another.
  return UNSPACED.test(part)
    ? pattern
    : `(?<![\\p{L}\\p{M}\\p{N}])${pattern}(?![\\p{L}\\p{M}\\p{N}])`;
}

/** Whether a part can stand for a person by itself: shorter ones are common words. */
export function isLongPart(part: string): boolean {
  return [...part].length >= (UNSPACED.test(part) ? 2 : 4);
}

function letterPattern(letter: string, isDoubtful: boolean): string {
  if (/[a-z]/.test(letter)) return anyOf(letter);
  if (!/\p{L}/u.test(letter)) return RegExp.escape(letter);
  const folded = foldLetter(letter);
  const ways = [RegExp.escape(letter)];
  if (folded !== letter) ways.push(/[a-z]/.test(folded) ? anyOf(folded) : RegExp.escape(folded));
  for (const [pair, letters] of Object.entries(DIGRAPHS)) {
    if (letters.includes(letter)) ways.push(pair);
  }
  // What a wrong set makes of a letter of one byte lies in Latin-1.
  if (isDoubtful && /[\u0080-\u00ff\ufffd]/.test(letter)) ways.push("[^\\P{L}a-z]");
  return ways.length === 1 ? ways[0] : `(?:${ways.join("|")})`;
}

/** A plain letter, and those that are it with an accent. */
function anyOf(letter: string): string {
  accented ??= accentedLetters();
  return `[${letter}${accented.get(letter) ?? ""}]`;
}

let accented: ReadonlyMap<string, string> | undefined;

function accentedLetters(): Map<string, string> {
  const found = new Map<string, string>();
  // Latin-1, Latin Extended-A and B, and Vietnamese.
  for (const [from, to] of [
    [0xdf, 0x24f],
    [0x1e00, 0x1eff],
  ]) {
    for (let code = from; code <= to; code++) {
      const letter = String.fromCodePoint(code).toLowerCase();
      const plain = foldLetter(letter);
      if (/^[a-z]$/.test(plain)) found.set(plain, `${found.get(plain) ?? ""}${letter}`);
    }
  }
  return found;
}

/** Without its accents, in any alphabet. */
function foldLetter(letter: string): string {
  return PLAIN[letter] ?? letter.normalize("NFD").replace(/\p{M}/gu, "");
}
