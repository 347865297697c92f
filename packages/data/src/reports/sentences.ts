/**
 * A report's text as sentences of words that know where they stand. Sections that ask ("Clinical
 * question: fracture?") are told from those that report.
 */
import type { LanguageRules } from "@malleolus/schema";
import { type Punctuation, readPunctuation, splitLines, splitSentences } from "./lines.ts";
import { blankMarkup } from "./markup.ts";
import { joinWords, type Token, tokenize } from "./tokens.ts";

export interface Sentence {
  readonly tokens: readonly Token[];
  /** Whether the sentence stands in a section that reports no finding. */
  readonly aside: boolean;
}

const LONGEST_HEADING = 4;

/** What a language's sentences and sections are told by. */
export interface Layout {
  readonly punctuation: Punctuation;
  readonly headings: Headings;
}

export function readLayout(rules: LanguageRules): Layout {
  return {
    punctuation: readPunctuation(rules),
    headings: {
      aside: new Set(rules.asideHeadings.map(joinWords)),
      report: new Set(rules.reportHeadings.map(joinWords)),
    },
  };
}

/** The sentences of a report, by the headings and abbreviations of its language. */
export function readSentences(report: string, { punctuation, headings }: Layout): Sentence[] {
  const text = blankMarkup(report);
  const lines = splitLines(text, punctuation)
    .map((line) => ({ blankBefore: /\n\s*\n\s*$/.test(text.slice(0, line.start)), ...line }))
    .map(({ blankBefore, ...line }) => ({
      blankBefore,
      parts: splitSentences(text, line, punctuation)
        .map(({ start, end }) => tokenize(text.slice(start, end), start))
        .flatMap((tokens, index) => splitAtHeadings(tokens, headings, index === 0))
        .filter(({ heading, tokens }) => heading !== null || tokens.length > 0),
    }))
    .filter(({ parts }) => parts.length > 0);
  let carried: Heading = "report";
  return lines.flatMap((line, index) => {
    const before = lines[index - 1]?.parts ?? [];
    // A heading at a line's end holds for the next line; alone on a line it holds until a blank line
    // or the next heading, where the report has one to end it.
    const isLast = before.at(-1)?.tokens.length === 0;
    const goesOn =
      !line.blankBefore &&
      before.every(({ heading }) => heading === null) &&
      lines.slice(index).some(endsAside);
    if (isLast) carried = before.at(-1)?.heading ?? "report";
    else if (!goesOn) carried = "report";
    return readLine(line.parts, carried, lines.length > 1);
  });
}

interface Line {
  readonly blankBefore: boolean;
  readonly parts: readonly Part[];
}

function endsAside({ parts }: Line): boolean {
  return parts.some(({ heading }) => heading === "report");
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
type Headings = Readonly<Record<Heading, ReadonlySet<string>>>;

interface Part {
  readonly heading: Heading | null;
  readonly tokens: readonly Token[];
}

/**
 * A heading is what stands before a colon, at the beginning or after another sentence's words; at the
 * beginning of a line also what stands before a dash, or alone.
 */
function splitAtHeadings(
  tokens: readonly Token[],
  headings: Headings,
  beginsLine: boolean,
): Part[] {
  const headingOf = (from: number, to: number): Heading | null => {
    const name = tokens
      .slice(from, to)
      .map(({ word }) => word)
      .join(" ");
    if (headings.aside.has(name)) return "aside";
    return headings.report.has(name) ? "report" : null;
  };
  const alone = beginsLine ? headingOf(0, tokens.length) : null;
  if (alone !== null) return [{ heading: alone, tokens: [] }];
  const parts: Part[] = [];
  let heading: Heading | null = null;
  let from = 0;
  for (const [mark, { word }] of tokens.entries()) {
    if (word !== ":" && word !== "-") continue;
    for (let first = Math.max(from, mark - LONGEST_HEADING); first < mark; first++) {
      if (word === "-" && (first > 0 || !beginsLine)) break;
      const found = headingOf(first, mark);
      if (found === null) continue;
      if (heading !== null || first > from)
        parts.push({ heading, tokens: tokens.slice(from, first) });
      heading = found;
      from = mark + 1;
      break;
    }
  }
  return [...parts, { heading, tokens: tokens.slice(from) }];
}
