/**
 * What of a report names its own patient. A long part of the name goes wherever it begins with a
 * capital. A short one, and one that is a word of reports too ("Breuk", "Weber", "Os"), goes where a
 * title or another part of the name stands beside it.
 */
import { isOrdinaryWord } from "./ordinary-words.ts";
import type { Passage } from "./passage.ts";

const SHORTEST_BY_ITSELF = 4;
const TITLE_BEFORE =
  /(?<!\p{L})(?:drs?|prof|mrs?|ms|miss|dhr|mevr|mw|mej|meneer|mevrouw|heer|zr|fam|pt|pati[eë]nte?|patient)\.? ?$/iu;

const INITIALS_BEFORE =
  /(?<![\p{L}\p{N}])(?<first>\p{Lu})\.[ ]?(?:\p{Lu}\.[ ]?)*(?:(?:van|de|der|den|ten|ter|het|'t)[ ])*$/u;

export function findPatient(text: string, patientName: string | null): Passage[] {
  const components = (patientName ?? "").split("=")[0].split("^");
  const parts = findParts(text, components.join(" "));
  const named = new Set(parts.filter((part) => isNameByItself(text, part, components)));
  const pairs = parts.slice(1).map((second, index) => [parts[index], second] as const);
  for (const [first, second] of pairs) {
    const areNames = first.capital && second.capital && first.word !== second.word;
    if (areNames && areNeighbours(text, first, second)) named.add(first).add(second);
  }
  // From the parts that are sure outwards: "de" before "Vries", then "Jan" before "de".
  for (let size = -1; size < named.size; ) {
    size = named.size;
    for (const [first, second] of pairs) {
      if (!areNeighbours(text, first, second)) continue;
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
  /** In small letters, without accents. */
  readonly word: string;
  readonly capital: boolean;
}

function findParts(text: string, name: string): NamePart[] {
  const parts = new Set(fold(name).match(/[\p{L}\p{N}']+/gu) ?? []);
  if (parts.size === 0) return [];
  const written = [...parts].map((part) => RegExp.escape(part)).join("|");
  const word = new RegExp(`(?<![\\p{L}\\p{N}])(?:${written})(?![\\p{L}\\p{N}])`, "giu");
  return Array.from(fold(text).matchAll(word), ({ 0: found, index }) => ({
    start: index,
    end: index + found.length,
    word: found.toLowerCase(),
    capital: /^\p{Lu}/u.test(found),
  }));
}

function isNameByItself(
  text: string,
  { start, word, capital }: NamePart,
  [, given = ""]: readonly string[],
): boolean {
  if (!capital) return false;
  if (word.length >= SHORTEST_BY_ITSELF && !isOrdinaryWord(word)) return true;
  const before = text.slice(0, start);
  const initials = INITIALS_BEFORE.exec(before)?.groups?.first;
  return TITLE_BEFORE.test(before) || (initials !== undefined && initials === given[0]);
}

function areNeighbours(text: string, first: NamePart, second: NamePart): boolean {
  return /^(?: |, ?|-)$/.test(text.slice(first.end, second.start));
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
