/**
 * A report's lines and sentences as ranges of its text. A line ends a sentence unless it was broken
 * for its length only; a sentence ends at a full stop too, though no blank may follow it, and at a
 * bullet.
 */
import type { LanguageRules } from "@malleolus/schema";
import { joinWords, tokenize } from "./tokens.ts";

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** What a language's lines and sentences are told by. */
export interface Punctuation {
  /** Words after which a full stop ends no sentence. */
  readonly abbreviations: ReadonlySet<string>;
  /** Words with which no line ends that was not broken. */
  readonly open: ReadonlySet<string>;
  /** Words that answer a question: "Fracture? No." */
  readonly answers: ReadonlySet<string>;
}

export function readPunctuation(rules: LanguageRules): Punctuation {
  const last = (term: string) => tokenize(term).at(-1)?.word ?? "";
  const { prepositions, coordinators, articles, acute, negationBefore } = rules;
  return {
    abbreviations: new Set([...rules.abbreviations, ...rules.titles].map(joinWords)),
    open: new Set([
      ...[...prepositions, ...coordinators, ...articles, ...acute].map(last),
      ...negationBefore.flatMap((term) => term.split(/[\s|]+/).slice(-1)).map(last),
      ...[",", "(", "/", "any", "een", "a", "an"],
    ]),
    answers: new Set([...rules.answerNo, ...rules.answerYes].map(joinWords)),
  };
}

/** A line of a capital letter and at least this length was broken for its length. */
const BROKEN_LENGTH = 40;
const BROKEN_LENGTH_SMALL = 50;

/** Lines as they were meant: one that was broken for its length goes on. */
export function splitLines(text: string, punctuation: Punctuation): Range[] {
  const written = ranges([0, ...lineStarts(text), text.length]);
  const longest = Math.max(...written.map(({ start, end }) => lengthOf(text, start, end)));
  const starts: number[] = [0];
  for (const [index, { start }] of written.entries()) {
    if (index === 0) continue;
    const before = text.slice(written[index - 1].start, start);
    const paragraph = text.slice(starts[starts.length - 1], start);
    if (!goesOn(paragraph, before, text.slice(start), longest, punctuation)) starts.push(start);
  }
  return ranges([...starts, text.length]);
}

/** Sentences of a line: they end at full stops, question marks, semicolons and bullets. */
export function splitSentences(
  text: string,
  { start, end }: Range,
  { abbreviations, answers }: Punctuation,
): Range[] {
  const line = text.slice(start, end);
  const ends: number[] = [];
  for (const { 0: mark, index } of line.matchAll(SENTENCE_END)) {
    const sentence = line.slice((ends.at(-1) ?? start) - start, index);
    if (mark === "." && isAbbreviation(sentence, abbreviations)) continue;
    const after = line.slice(index + mark.length);
    if (mark === "?" && answers.has(joinWords(/^[^.;\n]*/.exec(after)?.[0] ?? ""))) continue;
    ends.push(start + index + mark.length);
  }
  return ranges([start, ...ends, end]);
}

const SENTENCE_END = new RegExp(
  [
    "[.!?]+(?=\\s|$)",
    ";",
    // "No dislocation.Fracture of the …", but not "t.h.v." and not "2.5".
    "(?<=[\\p{L}\\p{N})]{2}|\\p{N}|\\))\\.(?=\\p{L}{2}|#)",
    "(?<=\\p{L}{2})[!?](?=\\p{L})",
    // Bullets; a dash may be one too, and is a mark of its own (tokens.ts).
    "[•◦▪‣►▶●○■□·∙]",
    "(?<=^|\\s)\\*(?=\\s)",
    "(?<=^|\\s)>(?=\\s+\\p{L})",
  ].join("|"),
  "gu",
);

/** Whether a line goes on in the next. */
function goesOn(
  paragraph: string,
  before: string,
  after: string,
  longest: number,
  { open }: Punctuation,
): boolean {
  if (/\n[^\S\n]*\n/.test(before) || !/^\p{Ll}/u.test(after)) return false;
  const words = tokenize(before);
  if (words.length === 0 || /[.:;!?]\s*$/.test(before)) return false;
  if (/\p{L}-\s*$/u.test(before) || open.has(words[words.length - 1].word)) return true;
  const length = before.trim().length;
  if (/^[^\p{L}]*\p{Lu}/u.test(paragraph)) return length >= BROKEN_LENGTH;
  // In a report of small letters only a line that had no room for the next word.
  const next = /^\S*/.exec(after)?.[0].length ?? 0;
  return length >= BROKEN_LENGTH_SMALL && length + 1 + next > longest;
}

function lineStarts(text: string): number[] {
  return [...text.matchAll(/(?:\r\n?|\n)\s*/g)].map(({ 0: mark, index }) => index + mark.length);
}

function lengthOf(text: string, start: number, end: number): number {
  return text.slice(start, end).trim().length;
}

/** From each place to the next. */
function ranges(places: readonly number[]): Range[] {
  return places.slice(1).map((end, index) => ({ start: places[index], end }));
}

/** Whether a full stop after this text belongs to an abbreviation: "evt", "t.h.v". */
function isAbbreviation(before: string, abbreviations: ReadonlySet<string>): boolean {
  if (/\.\p{L}$/u.test(before)) return true;
  const last = /[\p{L}\p{M}]+$/u.exec(before.slice(-24))?.[0];
  return last !== undefined && abbreviations.has(joinWords(last));
}
