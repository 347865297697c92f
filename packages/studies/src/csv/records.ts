/**
 * The records of a CSV text, piece by piece. It follows RFC 4180 and reads what is commonly written
 * beside it: any line end, quotes within a text, quotes behind a backslash. A quote that is never
 * closed costs its own line and no other.
 */

export interface CsvRecord {
  /** The line on which it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Why its cells cannot be used; null where they can. Never a word of the text. */
  readonly problem: string | null;
}

/** A longer text is no report: its quote was never closed. */
const LONGEST_CELL = 1 << 22;

export function* readRecords(pieces: Iterable<string>, delimiter: string): Generator<CsvRecord> {
  let text = "";
  let at = 0;
  let line = 1;
  const source = pieces[Symbol.iterator]();
  let isEnd = false;
  try {
    for (;;) {
      const parsed = parseRecord(text, at, delimiter, isEnd);
      if (parsed === "end") return;
      if (parsed === "more") {
        const { done, value } = source.next();
        isEnd = done === true;
        text = text.slice(at) + (isEnd ? "" : value);
        at = 0;
        continue;
      }
      const { cells, end, problem } = parsed;
      if (problem !== null || cells.some((cell) => cell.trim() !== "")) {
        yield { line, cells, problem };
      }
      line += countLines(text, at, end);
      at = end;
    }
  } finally {
    source.return?.();
  }
}

interface Parsed {
  readonly cells: readonly string[];
  /** Where the next record begins. */
  readonly end: number;
  readonly problem: string | null;
}

function parseRecord(
  text: string,
  start: number,
  delimiter: string,
  isEnd: boolean,
): Parsed | "more" | "end" {
  if (start >= text.length) return isEnd ? "end" : "more";
  const cells: string[] = [];
  for (let at = start; ; ) {
    const opening = skipBlanks(text, at, delimiter);
    const cell =
      text[opening] === '"'
        ? quotedCell(text, opening + 1, delimiter, isEnd)
        : plainCell(text, at, delimiter, isEnd);
    if (cell === "more") return "more";
    if (cell === "unclosed") {
      const end = lineEnd(text, start, isEnd);
      if (end === null) return "more";
      return { cells, end, problem: "a quote is opened that no quote closes" };
    }
    cells.push(cell.value);
    if (text[cell.end] === delimiter) {
      at = cell.end + 1;
      continue;
    }
    const end = lineEnd(text, cell.end, isEnd);
    return end === null ? "more" : { cells, end, problem: null };
  }
}

interface Cell {
  readonly value: string;
  /** Its delimiter, line end, or the text's end. */
  readonly end: number;
}

function plainCell(text: string, from: number, delimiter: string, isEnd: boolean): Cell | "more" {
  for (let at = from; at < text.length; at++) {
    if (text[at] === delimiter || text[at] === "\n" || text[at] === "\r") {
      return { value: text.slice(from, at), end: at };
    }
  }
  return isEnd ? { value: text.slice(from), end: text.length } : "more";
}

function quotedCell(
  text: string,
  from: number,
  delimiter: string,
  isEnd: boolean,
): Cell | "more" | "unclosed" {
  let value = "";
  let kept = from;
  let hasLines = false;
  for (let quote = text.indexOf('"', from); quote >= 0; ) {
    const next = skipBlanks(text, quote + 1, delimiter);
    if (next >= text.length && !isEnd) return "more";
    const before = text.slice(kept, quote);
    hasLines ||= /[\r\n]/.test(before);
    const closes = next >= text.length || [delimiter, "\n", "\r"].includes(text[next]);
    const endsLine = next >= text.length || text[next] === "\n" || text[next] === "\r";
    if (text[quote + 1] === '"') {
      value += `${before}"`;
      kept = quote + 2;
    } else if (before.endsWith("\\") && !endsLine) {
      value += `${before.slice(0, -1)}"`;
      kept = quote + 1;
    } else if (closes) {
      return { value: value + before, end: next };
    } else {
      // `A4,"No fracture"` within a text of several lines is the next record.
      if (hasLines && text[quote - 1] === delimiter) return "unclosed";
      value += `${before}"`;
      kept = quote + 1;
    }
    if (kept - from > LONGEST_CELL) return "unclosed";
    quote = text.indexOf('"', kept);
  }
  return isEnd || text.length - from > LONGEST_CELL ? "unclosed" : "more";
}

/** Past blanks, which are no delimiter. */
function skipBlanks(text: string, from: number, delimiter: string): number {
  let at = from;
  while (text[at] === " " || (text[at] === "\t" && delimiter !== "\t")) at++;
  return at;
}

/** Behind the line end at or after `from`; null where more of the text must be known. */
function lineEnd(text: string, from: number, isEnd: boolean): number | null {
  const found = /\r\n?|\n/g;
  found.lastIndex = from;
  const match = found.exec(text);
  if (match === null) return isEnd ? text.length : null;
  const end = match.index + match[0].length;
  return match[0] === "\r" && end === text.length && !isEnd ? null : end;
}

function countLines(text: string, from: number, to: number): number {
  return text.slice(from, to).match(/\r\n?|\n/g)?.length ?? 0;
}
