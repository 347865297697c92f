/**
 * A report's text as sentences of words that know where they stand. Sections that ask ("Clinical
 * question: fracture?") are told from those that report.
 */
import type { LanguageRules, ReportWords } from "@malleolus/schema";

export interface Token extends ReportWords {
  /** Lower case, without accents; or one of `, : ; ( ) / # ?`. */
  readonly word: string;
}

export interface Sentence {
  readonly tokens: readonly Token[];
  /** Whether the sentence stands in a section that reports no finding. */
  readonly aside: boolean;
}

const TOKEN = /[\p{L}\p{N}\p{M}]+|[,:;()/#?]/gu;

const LONGEST_HEADING = 4;

/** The words of a text, or of a term. */
export function tokenize(text: string, offset = 0): Token[] {
  return Array.from(text.matchAll(TOKEN), ({ 0: found, index }) => ({
    start: offset + index,
    end: offset + index + found.length,
    text: found,
    word: found.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase(),
  }));
}

/** The sentences of a report, by the headings and abbreviations of its language. */
export function readSentences(text: string, rules: LanguageRules): Sentence[] {
  const abbreviations = new Set(rules.abbreviations.map(joinWords));
  const asides = new Set(rules.asideHeadings.map(joinWords));
  const reports = new Set(rules.reportHeadings.map(joinWords));
  const lines = splitLines(text).map((line) =>
    splitSentences(text, line, abbreviations)
      .flatMap(({ start, end }) =>
        splitAtHeadings(tokenize(text.slice(start, end), start), asides, reports),
      )
      .filter(({ heading, tokens }) => heading !== null || tokens.length > 0),
  );
  const written = lines.filter((parts) => parts.length > 0);
  return written.flatMap((parts, index) => {
    const before = written[index - 1]?.at(-1);
    const carried = before?.tokens.length === 0 ? before.heading : null;
    return readLine(parts, carried ?? "report", written.length > 1);
  });
}

/**
 * The sentences of a line. An aside that begins the line is the whole line, if the report has others
 * or the line another heading; elsewhere it is one sentence ("No talar shift. Comparison: none. …").
 */
function readLine(parts: readonly Part[], carried: Heading, hasOtherLines: boolean): Sentence[] {
  let section = carried;
  let lasts = true;
  return parts.flatMap(({ heading, tokens }, index) => {
    if (heading !== null) {
      section = heading;
      const beginsLine = parts.slice(0, index).every((part) => part.tokens.length === 0);
      const endsLater = parts.slice(index + 1).some((part) => part.heading === "report");
      lasts = beginsLine && (hasOtherLines || endsLater);
    } else if (!lasts) {
      section = "report";
    }
    return tokens.length === 0 ? [] : [{ tokens, aside: section === "aside" }];
  });
}

type Heading = "aside" | "report";

interface Part {
  readonly heading: Heading | null;
  readonly tokens: readonly Token[];
}

/** A heading is what stands before a colon, at the beginning or after another sentence's words. */
function splitAtHeadings(
  tokens: readonly Token[],
  asides: ReadonlySet<string>,
  reports: ReadonlySet<string>,
): Part[] {
  const parts: Part[] = [];
  let heading: Heading | null = null;
  let from = 0;
  for (const [colon, token] of tokens.entries()) {
    if (token.word !== ":") continue;
    for (let first = Math.max(from, colon - LONGEST_HEADING); first < colon; first++) {
      const words = tokens.slice(first, colon).map(({ word }) => word);
      const name = words.join(" ");
      if (!asides.has(name) && !reports.has(name)) continue;
      if (heading !== null || first > from)
        parts.push({ heading, tokens: tokens.slice(from, first) });
      heading = asides.has(name) ? "aside" : "report";
      from = colon + 1;
      break;
    }
  }
  return [...parts, { heading, tokens: tokens.slice(from) }];
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Lines as they were meant: one that was broken for its length goes on. */
function splitLines(text: string): Range[] {
  const breaks = [...text.matchAll(/\r?\n\s*/g)]
    .map(({ 0: mark, index }) => index + mark.length)
    .filter((next) => !continues(text, next));
  return ranges([0, ...breaks, text.length]);
}

/** Sentences of a line: they end at full stops, question marks and semicolons. */
function splitSentences(
  text: string,
  { start, end }: Range,
  abbreviations: ReadonlySet<string>,
): Range[] {
  const line = text.slice(start, end);
  const ends: number[] = [];
  for (const { 0: mark, index } of line.matchAll(/[.!?;]+(?=\s|$)/g)) {
    const sentence = line.slice((ends.at(-1) ?? start) - start, index);
    if (mark === "." && isAbbreviation(sentence, abbreviations)) continue;
    ends.push(start + index + mark.length);
  }
  return ranges([start, ...ends, end]);
}

/** From each place to the next. */
function ranges(places: readonly number[]): Range[] {
  return places.slice(1).map((end, index) => ({ start: places[index], end }));
}

/** Whether a new line was broken for its length only: the next begins with a small letter. */
function continues(text: string, next: number): boolean {
  return /^\p{Ll}/u.test(text.slice(next, next + 2));
}

/** Whether a full stop after this text belongs to an abbreviation: "evt", "t.h.v". */
function isAbbreviation(before: string, abbreviations: ReadonlySet<string>): boolean {
  if (/\.\p{L}$/u.test(before)) return true;
  const last = /[\p{L}\p{M}]+$/u.exec(before.slice(-24))?.[0];
  return last !== undefined && abbreviations.has(joinWords(last));
}

function joinWords(term: string): string {
  return tokenize(term)
    .map(({ word }) => word)
    .join(" ");
}
