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
  const parts = splitText(text, abbreviations).flatMap(({ start, end }) =>
    splitAtHeadings(tokenize(text.slice(start, end), start), asides, reports),
  );
  // Without a heading that ends it, an aside is no longer than the sentence that it begins with.
  const lastReport = parts.findLastIndex(({ heading }) => heading === "report");
  let section: Heading = "report";
  return parts.flatMap(({ heading, tokens }, index) => {
    if (heading !== null) section = heading;
    else if (section === "aside" && index > lastReport && parts[index - 1].tokens.length > 0) {
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

/** Where sentences begin and end: at full stops, question marks, semicolons and new lines. */
function splitText(text: string, abbreviations: ReadonlySet<string>): Range[] {
  const ranges: Range[] = [];
  let start = 0;
  for (const { 0: mark, index } of text.matchAll(/[.!?;]+(?=\s|$)|\r?\n\s*/g)) {
    const isNewLine = /^\r?\n/.test(mark);
    if (isNewLine && continues(text, index + mark.length)) continue;
    if (mark === "." && isAbbreviation(text.slice(start, index), abbreviations)) continue;
    const end = index + mark.length;
    ranges.push({ start, end });
    start = end;
  }
  if (start < text.length) ranges.push({ start, end: text.length });
  return ranges;
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
