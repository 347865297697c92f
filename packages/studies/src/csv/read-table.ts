/**
 * A table with a heading from a CSV file, as Excel, databases and hospital systems write it: separated
 * by commas, semicolons, tabs or bars, with or without a line `sep=;`, with a title above the
 * heading. What it says of a file are lines and columns, never a text, which may be a patient's.
 */
import { statSync } from "node:fs";
import { causeText } from "@malleolus/errors";
import { StudyError } from "../errors.ts";
import {
  decodeFile,
  type Encoding,
  hasOddBytes,
  readOddBytes,
  tellEncoding,
} from "./decode-file.ts";
import { readRecords } from "./records.ts";

export interface TableRow {
  readonly line: number;
  /** One for each column of the heading. */
  readonly cells: readonly string[];
  /** Why the row cannot be used; null where it can. */
  readonly problem: string | null;
  /** Whether some of its bytes are of another character set than the file. */
  readonly odd: boolean;
}

export interface Table {
  /** The heading's names as `plainName` makes them. */
  readonly names: readonly string[];
  /** As they are written. */
  readonly titles: readonly string[];
  readonly encoding: Encoding;
  rows(): Generator<TableRow>;
}

const DELIMITERS = [",", ";", "\t", "|"] as const;
/** Records among which the heading is sought: above it may stand titles. */
const HEADING_WITHIN = 20;

/**
 * @throws StudyError `source` where the file cannot be read, or none of its first records is a
 *   heading; `needed` says which columns make one.
 */
export function readTable(
  path: string,
  isHeading: (names: readonly string[]) => boolean,
  needed: string,
): Table {
  let encoding: Encoding;
  try {
    if (!statSync(path).isFile()) throw new Error("it is no file");
    encoding = tellEncoding(path);
  } catch (cause) {
    throw new StudyError("source", `${path}: expected a CSV file: ${causeText(cause)}`, { cause });
  }
  const pieces = () => decodeFile(path, encoding);
  const named = separatorLine(pieces);
  for (const delimiter of named === null ? DELIMITERS : [named]) {
    let number = 0;
    for (const { cells, line } of readRecords(pieces(), delimiter)) {
      number++;
      const names = cells.map(plainName);
      if (isHeading(names)) {
        return {
          names,
          titles: cells,
          encoding,
          rows: () => rowsAfter(pieces(), delimiter, line, cells.length),
        };
      }
      if (number === HEADING_WITHIN) break;
    }
  }
  throw new StudyError(
    "source",
    `${path}: expected a heading with ${needed} among its first ${HEADING_WITHIN} lines, got none; ` +
      "name the columns so, and separate them by commas, semicolons, tabs or bars",
  );
}

function* rowsAfter(
  pieces: Iterable<string>,
  delimiter: string,
  heading: number,
  columns: number,
): Generator<TableRow> {
  for (const { line, cells, problem } of readRecords(pieces, delimiter)) {
    if (line <= heading) continue;
    const isLong = cells.slice(columns).some((cell) => cell.trim() !== "");
    const long = "it has more cells than the heading has columns; put its text between quotes";
    yield {
      line,
      cells: cells.slice(0, columns).map(readOddBytes),
      problem: problem ?? (isLong ? long : null),
      odd: cells.some(hasOddBytes),
    };
  }
}

/** The delimiter of a first line `sep=;`, with which Excel is told it. */
function separatorLine(pieces: () => Iterable<string>): string | null {
  for (const piece of pieces()) {
    const found = /^\s*"?sep=(.)"?[ \t]*(?:[\r\n]|$)/i.exec(piece.slice(0, 100));
    return found?.[1] ?? null;
  }
  return null;
}

/** `Accession Number` as `accessionnumber`. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}
