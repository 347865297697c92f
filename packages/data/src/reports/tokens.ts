/**
 * A text as words that know where they stand. It is not told here what they mean, but only what is
 * one word: a contraction is two ("isn't" as "is not"), a measure is one ("3 mm", which is no medial
 * malleolus), and what nobody sees within a word (a soft hyphen, the end of a line) is no end of it.
 */
import type { ReportWords } from "@malleolus/schema";

export interface Token extends ReportWords {
  /** Lower case, without accents; or one of `, : ; ( ) / # ? - =`, the last two between blanks. */
  readonly word: string;
}

const INVISIBLE = "\\u00ad\\u200b-\\u200d\\u2060\\ufeff";
/** A word that a line's end divides: "frac-" and "ture", but not "tibia-" and "of fibulafractuur". */
const BROKEN = "-\\r?\\n[ \\t]*(?!(?:and|or|to|en|of|tot|noch)\\b)(?=\\p{Ll})";
const WORD = `[\\p{L}\\p{N}\\p{M}](?:[\\p{L}\\p{N}\\p{M}${INVISIBLE}]|${BROKEN})*`;
const UNIT = "(?:[mM][mM]|[cC][mM]|[fF][tT]|[fF][oO][oO][tT]|[fF][eE][eE][tT])";
const MEASURE = `\\p{N}+(?:[.,]\\p{N}+)?(?:\\s?[-–x]\\s?\\p{N}+)?\\s?${UNIT}(?![\\p{L}\\p{N}])`;
/** A `#` before a number counts ("image #4", "order # 88123"); before "5th" or "44-B1" it is broken. */
const HASH = "#(?!\\s*\\p{N}+(?!\\p{N}|\\p{L}|-\\p{L}))";
const DASH = "(?<=\\s|^)[-–—](?=\\s)|(?<=\\s)=(?=\\s)";
const TOKEN = new RegExp(`${MEASURE}|${WORD}|[,:;()/?]|${HASH}|${DASH}`, "gu");

const CONTRACTED =
  /^(is|are|was|were|does|do|did|ca|could|has|have|had|wo|would|should|need|must)n['’‘ʼ´`]?t$/i;
const APOSTROPHE_T = /^['’‘ʼ´`][tT](?![\p{L}\p{N}])/u;
const WHOLE: Readonly<Record<string, string>> = { ca: "can", wo: "will" };

/** The words of a text, or of a term. */
export function tokenize(text: string, offset = 0): Token[] {
  const tokens: Token[] = [];
  for (const { 0: found, index } of text.matchAll(TOKEN)) {
    const tail = APOSTROPHE_T.exec(text.slice(index + found.length, index + found.length + 3));
    const written = found + (tail?.[0] ?? "");
    const stem = CONTRACTED.exec(written)?.[1];
    if (stem === undefined) tokens.push(tokenOf(found, offset + index));
    else {
      const short = tokenOf(stem, offset + index);
      const rest = written.slice(stem.length);
      tokens.push({ ...short, word: WHOLE[short.word] ?? short.word });
      tokens.push({ ...tokenOf(rest, offset + index + stem.length), word: "not" });
    }
  }
  // What is left of "isn't" once its "t" belongs to the word before.
  return tokens.filter(({ start }, index) => index === 0 || start >= tokens[index - 1].end);
}

/** A term, or some words, as they are compared. */
export function joinWords(term: string): string {
  return tokenize(term)
    .map(({ word }) => word)
    .join(" ");
}

const LEFT_OUT = new RegExp(`[\\p{M}${INVISIBLE}]|-\\r?\\n[ \\t]*`, "gu");

function tokenOf(text: string, start: number): Token {
  const plain = /^[–—]$/u.test(text) ? "-" : text;
  const word = plain.normalize("NFKD").replace(LEFT_OUT, "").toLowerCase();
  return { start, end: start + text.length, text, word };
}
