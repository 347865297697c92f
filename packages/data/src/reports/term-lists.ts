/** How the files of words are written: terms between commas, and every pair of two lists. */

/** `no, not, nor` as three terms; a line's end is a space. */
export function terms(text: string): string[] {
  return text
    .split(",")
    .map((term) => term.trim().replaceAll(/\s+/g, " "))
    .filter((term) => term !== "");
}

/** `was`, `is` with `absent`, `negative`, `ruled out`: `was|is absent|negative` and `was|is ruled out`. */
export function pairs(first: readonly string[], second: readonly string[]): string[] {
  return joinWords(first).flatMap((before) =>
    joinWords(second).map((after) => `${before} ${after}`),
  );
}

/** Single words as one term with alternatives; a protocol's file would be endless otherwise. */
function joinWords(list: readonly string[]): string[] {
  const isWord = (term: string) => /^[\p{L}\p{N}*]+$/u.test(term);
  const words = list.filter(isWord);
  return [...(words.length > 0 ? [words.join("|")] : []), ...list.filter((term) => !isWord(term))];
}
