/** Reading a name where one is expected: "P. van der Berg", "'t Hart", "Smit-de Wit", "B.K.". */
import { isOrdinaryWord, neverNames } from "./ordinary-words.ts";

/** How sure it is that a name stands here: a title says so, a role leaves it open. */
export type Expectation = "after a title" | "after a role";

const PREFIX_WORD =
  "van|von|vander|vd|v\\.d\\.|de|den|der|des|het|'t|’t|'s|’s|ten|ter|te|in|op|la|le|les|el|al|ben|bin|ibn|du|da|dos|di|del|della|st\\.?|zu|zur";
const PREFIXES = `(?:(?:(?:${PREFIX_WORD})[ -]){1,4}|d['’](?=\\p{Lu}))`;
const CAPITALIZED = `\\p{Lu}[\\p{L}\\p{M}'’]*\\p{L}(?:-(?:(?:van|de|der|den|ten|ter|el|al)[ -]){0,3}\\p{Lu}[\\p{L}\\p{M}'’]*)*`;

const INITIALS = /(?:(?!(?:Dr|Mr|Ms|Zr|Mw|Br|Hr)\.)\p{Lu}\p{Ll}?\.[ -]?){1,6}/uy;
const SEVERAL_INITIALS = /(?:\p{Lu}\.[ ]?){2,5}|\p{Lu}{2,3}(?![\p{L}\p{N}.])/uy;
const PREFIXES_HERE = new RegExp(PREFIXES, "iuy");
const WORD_HERE = new RegExp(CAPITALIZED, "uy");
const FURTHER = new RegExp(`[ ](?:(?:${PREFIX_WORD})[ ]){0,4}(?<word>${CAPITALIZED})`, "uy");
const FURTHER_INITIALS = /[ ]\p{Lu}\.(?=[ ]\p{Lu})/uy;
const LONGEST_NAME = 4;

/** Before the end of a text: "A. Visser", "van Dijk", as an expression without anchors. */
export const NAME_PATTERN = `(?:(?:\\p{Lu}\\.[ -]?){1,6})?(?:${PREFIXES})?${CAPITALIZED}(?: ${CAPITALIZED})?`;

/** Where a name that begins at `from` ends; null where none begins. */
export function readName(text: string, from: number, expected: Expectation): number | null {
  const isName = (word: string) =>
    !(expected === "after a title" ? neverNames(word) : isOrdinaryWord(word));
  const afterInitials = match(INITIALS, text, from)?.end ?? from;
  const afterPrefixes = match(PREFIXES_HERE, text, afterInitials)?.end ?? afterInitials;
  const first = match(WORD_HERE, text, afterPrefixes);
  if (first === null || !isName(first.word)) {
    const initials = match(SEVERAL_INITIALS, text, from);
    return initials === null || neverNames(initials.word) ? null : initials.end;
  }
  let end = first.end;
  for (let words = 1; words < LONGEST_NAME; words++) {
    const between = match(FURTHER_INITIALS, text, end)?.end ?? end;
    const next = match(FURTHER, text, between);
    if (next === null || isOrdinaryWord(next.word)) break;
    end = next.end;
  }
  return end;
}

function match(
  expression: RegExp,
  text: string,
  from: number,
): { end: number; word: string } | null {
  expression.lastIndex = from;
  const found = expression.exec(text);
  if (found === null) return null;
  return { end: from + found[0].length, word: found.groups?.word ?? found[0] };
}
