/**
 * Finds a protocol's terms among the words of a sentence.
 */
import { type Token, tokenize } from "./sentences.ts";

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

/** Terms made ready: by their first word, and those that begin with a wildcard. */
export interface TermIndex<Label> {
  readonly byFirst: ReadonlyMap<string, readonly Term<Label>[]>;
  readonly wild: readonly Term<Label>[];
}

const GAP = 3;

export function indexTerms<Label>(
  lists: Iterable<readonly [label: Label, terms: readonly string[]]>,
): TermIndex<Label> {
  const byFirst = new Map<string, Term<Label>[]>();
  const wild: Term<Label>[] = [];
  for (const [label, terms] of lists) {
    for (const text of terms) {
      const parts = readParts(text);
      const first = /^\s*[^\s*]+(?=\s|$)/.exec(text)?.[0];
      const word = first === undefined ? undefined : tokenize(first)[0]?.word;
      if (word === undefined) wild.push({ label, parts });
      else byFirst.set(word, [...(byFirst.get(word) ?? []), { label, parts }]);
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

/** The longest of overlapping matches; labels of the same words all stay. */
export function keepLongest<Match extends TermMatch<unknown>>(matches: readonly Match[]): Match[] {
  const kept: Match[] = [];
  const byLength = matches.toSorted((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from);
  for (const match of byLength) {
    const isBeaten = (other: Match) => overlaps(match, other) && !sameWords(match, other);
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
    }
    if (found < 0) return null;
    next = found + 1;
  }
  return next;
}

function readParts(text: string): Part[] {
  let gap = 0;
  return text.split(/\s+/).flatMap((written) => {
    if (written === "...") {
      gap = GAP;
      return [];
    }
    const open = { start: written.startsWith("*"), end: written.endsWith("*") };
    const words = tokenize(written.replaceAll("*", ""));
    return words.map(({ word }, i): Part => {
      const wild = { start: open.start && i === 0, end: open.end && i === words.length - 1 };
      const part = { fits: fitsWord(word, wild), gap: i === 0 ? gap : 0 };
      gap = 0;
      return part;
    });
  });
}

function fitsWord(term: string, wild: { readonly start: boolean; readonly end: boolean }) {
  if (wild.start && wild.end) return (word: string) => word.includes(term);
  if (wild.start) return (word: string) => word.endsWith(term);
  if (wild.end) return (word: string) => word.startsWith(term);
  return (word: string) => word === term;
}
