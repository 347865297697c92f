/**
 * What of a report names its own patient. A long part of the name goes wherever it begins with a
 * capital. A short one, and one that is a word of reports too ("Breuk", "Weber", "Os"), goes where a
 * title or another part of the name stands beside it.
 */
import { isLongPart, namePattern } from "./name-pattern.ts";
import { isOrdinaryWord } from "./ordinary-words.ts";
import type { Passage } from "./passage.ts";

const TITLE_BEFORE =
  /(?<!\p{L})(?:drs?|prof|mrs?|ms|miss|dhr|mevr|mw|mej|meneer|mevrouw|heer|zr|fam|pt|pati[eë]nte?|patient)\.? ?$/iu;

const INITIALS_BEFORE =
  /(?<![\p{L}\p{N}])(?<first>\p{Lu})\.[ ]?(?:\p{Lu}\.[ ]?)*(?:(?:van|de|der|den|ten|ter|het|'t)[ ])*$/u;

/** In each of the ways that the name is written: alphabetic, ideographic and phonetic. */
export function findPatient(text: string, patientName: string | null): Passage[] {
  return (patientName ?? "").split("=").flatMap((written) => findName(text, written.split("^")));
}

function findName(text: string, components: readonly string[]): Passage[] {
  const parts = findParts(text, components.join(" "));
  const named = new Set(parts.filter((part) => isNameByItself(text, part, components)));
  const pairs = parts.slice(1).map((second, index) => [parts[index], second] as const);
  for (const [first, second] of pairs) {
    const areNames = first.capital && second.capital && first.word !== second.word;
    if (areNames && areNeighbors(text, first, second)) named.add(first).add(second);
  }
  // From the parts that are sure outwards: "de" before "Vries", then "Jan" before "de".
  for (let size = -1; size < named.size; ) {
    size = named.size;
    for (const [first, second] of pairs) {
      if (!areNeighbors(text, first, second)) continue;
      if (named.has(second)) named.add(first);
      if (named.has(first) && endsName(text, second)) named.add(second);
    }
  }
  const passages = [...named].map(({ start, end }) => withInitials(text, start, end));
  return [...passages, ...initialsAlone(text, components)].map((range) => ({
    ...range,
    becomes: "[name]",
  }));
}

interface NamePart {
  readonly start: number;
  readonly end: number;
  /** Of the name, in small letters, without accents. */
  readonly word: string;
  readonly capital: boolean;
}

function findParts(text: string, name: string): NamePart[] {
  const parts = new Set(name.normalize("NFC").match(/[\p{L}\p{M}\p{N}']+/gu) ?? []);
  const found = [...parts].flatMap((part) =>
    Array.from(text.matchAll(new RegExp(namePattern(part), "giu")), ({ 0: written, index }) => ({
      start: index,
      end: index + written.length,
      word: fold(part).toLowerCase(),
      // Where letters have no capitals, every word may be a name.
      capital: /^[\p{Lu}\p{Lo}]/u.test(written),
    })),
  );
  return found.sort((a, b) => a.start - b.start || b.end - a.end);
}

function isNameByItself(
  text: string,
  { start, word, capital }: NamePart,
  [, given = ""]: readonly string[],
): boolean {
  if (!capital) return false;
  if (isLongPart(word) && !isOrdinaryWord(word)) return true;
  const before = text.slice(0, start);
  const initials = INITIALS_BEFORE.exec(before)?.groups?.first;
  return TITLE_BEFORE.test(before) || (initials !== undefined && initials === given[0]);
}

function areNeighbors(text: string, first: NamePart, second: NamePart): boolean {
  return /^(?: |, ?|-)?$/.test(text.slice(first.end, second.start));
}

/** What may follow a part of the name: not the "van" of "Breuk van de fibula". */
function endsName(text: string, { end, capital }: NamePart): boolean {
  return capital || /^(?:[^\p{L}\p{N} ]|$)/u.test(text.slice(end));
}

/** "J. de Vries" and "Vries, J." with the initials. */
function withInitials(text: string, start: number, end: number): { start: number; end: number } {
  const before = INITIALS_BEFORE.exec(text.slice(0, start));
  const after = /^, ?(?:\p{Lu}\.)+/u.exec(text.slice(end));
  return { start: before?.index ?? start, end: end + (after?.[0].length ?? 0) };
}

/** "J.d.V.": the initials of given names, prefix and family name. */
function initialsAlone(
  text: string,
  components: readonly string[],
): { start: number; end: number }[] {
  const letters = (written: string | undefined) =>
    (written?.match(/\p{L}+/gu) ?? []).map(([first]) => `${first}\\.?`);
  // DICOM's order: family, given, middle, prefix. Dutch prefixes stand in any of the last three.
  const [family, given, ...rest] = components;
  const own = letters(given);
  const [last] = letters(family?.split(" ").at(-1));
  if (own.length === 0 || last === undefined) return [];
  const between = rest.flatMap(letters).map((letter) => `(?:${letter})?`);
  const dotted = [
    own[0],
    ...own.slice(1).map((letter) => `(?:${letter})?`),
    "(?:[dv]\\.){0,3}",
    ...between,
  ];
  const initials = new RegExp(
    `(?<![\\p{L}\\p{N}.])${dotted.join("")}${last.replace("?", "")}(?!\\p{L})`,
    "giu",
  );
  // "m.b.v." is a word: initials begin with a capital, which the expression does not tell.
  return Array.from(text.matchAll(initials), ({ 0: found, index }) => ({
    start: index,
    end: index + found.length,
  })).filter(({ start }) => /^\p{Lu}/u.test(text.slice(start)));
}

/** Without accents, letter for letter. */
function fold(text: string): string {
  return text.replace(/\p{L}/gu, (letter) => {
    const plain = letter.normalize("NFD").replace(/\p{M}/gu, "");
    return plain.length === letter.length ? plain : letter;
  });
}
