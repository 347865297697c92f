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
  let aside = false;
  return splitText(text, abbreviations).flatMap(({ start, end }) => {
    const tokens = tokenize(text.slice(start, end), start);
    const sentences: Sentence[] = [];
    let from = 0;
    // A heading is what stands before a colon, at the beginning or after another sentence's words.
    for (const [index, token] of tokens.entries()) {
      if (token.word !== ":") continue;
      for (let first = Math.max(from, index - 4); first < index; first++) {
        const heading = tokens
          .slice(first, index)
          .map(({ word }) => word)
          .join(" ");
        if (!asides.has(heading) && !reports.has(heading)) continue;
        sentences.push({ tokens: tokens.slice(from, first), aside });
        aside = asides.has(heading);
        from = index + 1;
        break;
      }
    }
    sentences.push({ tokens: tokens.slice(from), aside });
    return sentences.filter((sentence) => sentence.tokens.length > 0);
  });
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
