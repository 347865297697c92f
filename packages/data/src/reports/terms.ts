/**
 * Finds a protocol's terms among the words of a sentence.
 */
import { isMisspelling, type OpenEnds } from "./misspelling.ts";
import { type Token, tokenize } from "./tokens.ts";

/** Tokens `from` to `to` (exclusive) of a sentence. */
export interface TermMatch<Label> {
  readonly label: Label;
  readonly from: number;
  readonly to: number;
}

interface Term<Label> {
  readonly label: Label;
  readonly parts: readonly Part[];
}

interface Part {
  readonly fits: (word: string) => boolean;
  /** Words that may stand between the part before and this one. */
  readonly gap: number;
}

/** Terms made ready: by their first word, and those whose first word may be written in many ways. */
export interface TermIndex<Label> {
  readonly byFirst: ReadonlyMap<string, readonly Term<Label>[]>;
  readonly wild: readonly Term<Label>[];
}

/** Whether long words are found with one slip of the fingers too. */
export type Spelling = "exact" | "forgiving";

const GAP = 3;
/** "Tibial fracture, fibula intact" says of no tibia that it is intact. */
const ENDS_GAP = new Set([",", ";", ":", "(", ")", "-"]);

export function indexTerms<Label>(
  lists: Iterable<readonly [label: Label, terms: readonly string[], spelling?: Spelling]>,
): TermIndex<Label> {
  const byFirst = new Map<string, Term<Label>[]>();
  const wild: Term<Label>[] = [];
  for (const [label, terms, spelling = "exact"] of lists) {
    for (const text of terms) {
      const term = { label, parts: readParts(text, spelling) };
      const firsts = spelling === "forgiving" ? null : firstWords(text);
      if (firsts === null) wild.push(term);
      else for (const word of firsts) byFirst.set(word, [...(byFirst.get(word) ?? []), term]);
    }
  }
  return { byFirst, wild };
}

/** Every place where a term stands, in the order of the sentence. */
export function findTerms<Label>(
  tokens: readonly Token[],
  index: TermIndex<Label>,
): TermMatch<Label>[] {
  return tokens.flatMap(({ word }, from) =>
    [...(index.byFirst.get(word) ?? []), ...index.wild].flatMap(({ label, parts }) => {
      const to = matchParts(tokens, from, parts);
      return to === null ? [] : [{ label, from, to }];
    }),
  );
}

/** The longest of overlapping matches; different labels of the same words all stay. */
export function keepLongest<Match extends TermMatch<unknown>>(matches: readonly Match[]): Match[] {
  const kept: Match[] = [];
  const byLength = matches.toSorted((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from);
  for (const match of byLength) {
    const isBeaten = (other: Match) =>
      overlaps(match, other) && (!sameWords(match, other) || match.label === other.label);
    if (!kept.some(isBeaten)) kept.push(match);
  }
  return kept.sort((a, b) => a.from - b.from);
}

export function overlaps(a: TermMatch<unknown>, b: TermMatch<unknown>): boolean {
  return a.from < b.to && b.from < a.to;
}

function sameWords(a: TermMatch<unknown>, b: TermMatch<unknown>): boolean {
  return a.from === b.from && a.to === b.to;
}

function matchParts(tokens: readonly Token[], from: number, parts: readonly Part[]): number | null {
  let next = from;
  for (const { fits, gap } of parts) {
    let found = -1;
    for (let at = next; at <= next + gap && at < tokens.length; at++) {
      if (fits(tokens[at].word)) {
        found = at;
        break;
      }
      if (ENDS_GAP.has(tokens[at].word)) break;
    }
    if (found < 0) return null;
    next = found + 1;
  }
  return next;
}

/** The words with which a term may begin; null where these are too many to list. */
function firstWords(text: string): string[] | null {
  const first = /^\s*(\S+)/.exec(text)?.[1] ?? "";
  if (first.includes("*")) return null;
  return first.split("|").map((word) => tokenize(word)[0]?.word ?? "");
}

function readParts(text: string, spelling: Spelling): Part[] {
  let gap = 0;
  return text.split(/\s+/).flatMap((written) => {
    if (written === "...") {
      gap = GAP;
      return [];
    }
    const parts = written.includes("|")
      ? [{ fits: fitsAny(written.split("|"), spelling), gap }]
      : readWords(written, spelling).map((fits, i) => ({ fits, gap: i === 0 ? gap : 0 }));
    gap = 0;
    return parts;
  });
}

function fitsAny(alternatives: readonly string[], spelling: Spelling): Part["fits"] {
  const fits = alternatives.flatMap((written) => readWords(written, spelling));
  return (word) => fits.some((fitsOne) => fitsOne(word));
}

/** What is written without a space may be several words: `salter-harris`. */
function readWords(written: string, spelling: Spelling): Part["fits"][] {
  const open = { start: written.startsWith("*"), end: written.endsWith("*") };
  const words = tokenize(written.replaceAll("*", ""));
  return words.map(({ word }, i) =>
    fitsWord(
      word,
      { start: open.start && i === 0, end: open.end && i === words.length - 1 },
      spelling,
    ),
  );
}

function fitsWord(term: string, wild: OpenEnds, spelling: Spelling): (word: string) => boolean {
  const exact = fitsExactly(term, wild);
  if (spelling === "exact") return exact;
  return (word) => exact(word) || isMisspelling(word, term, wild);
}

function fitsExactly(term: string, wild: OpenEnds): (word: string) => boolean {
  if (wild.start && wild.end) return (word) => word.includes(term);
  if (wild.start) return (word) => word.endsWith(term);
  if (wild.end) return (word) => word.startsWith(term);
  return (word) => word === term;
}
