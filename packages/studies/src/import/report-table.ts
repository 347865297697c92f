/**
 * The rows of a table of reports: which columns hold what, and what Excel made of the accession
 * numbers. It finds no case and keeps nothing.
 */
import { readTable, type Table, type TableRow } from "../csv/read-table.ts";
import { ACCESSION_COLUMNS, accessionProblem, accessionsOf, STUDY_COLUMNS } from "./accession.ts";

/** Names of columns, in any case and with any of ` _-` between words; the first that is there. */
const COLUMNS = {
  accession: ACCESSION_COLUMNS,
  study: STUDY_COLUMNS,
  report: ["report", "reporttext", "text", "verslag", "tekst"],
  language: ["language", "taal"],
} as const;

/** Columns of reports that are kept in parts, in the order in which they are read. */
const PARTS = [
  ["findings", "bevindingen"],
  ["impression", "conclusion", "conclusie", "besluit", "opinion"],
] as const;

export interface ReportRow {
  readonly line: number;
  /** The number as it is written, then as it was before Excel. */
  readonly accessions: readonly string[];
  readonly study: string;
  readonly report: string;
  readonly language: string;
  readonly problem: string | null;
}

export interface ReportTable {
  rows(): Generator<ReportRow>;
  /** What was guessed, once the rows are read. */
  remarks(): string[];
}

/** @throws StudyError `source` where the file is no table with the columns that are needed. */
export function readReportTable(path: string, languages: readonly string[]): ReportTable {
  const table = readTable(path, isHeading, '"report" and "accession" or "study_uid"');
  const oddLines: number[] = [];
  const unknownLanguages: number[] = [];
  const read = rowReader(table, new Set(languages));
  return {
    *rows() {
      for (const row of table.rows()) {
        const report = read(row);
        if (row.odd) oddLines.push(row.line);
        if (report.language === null) unknownLanguages.push(row.line);
        yield { ...report, language: report.language ?? "" };
      }
    },
    remarks: () => [
      ...(table.encoding === "windows-1252"
        ? ["the file is no UTF-8 and was read as windows-1252; see that its accents are right"]
        : []),
      ...remark("read as windows-1252 in part, for bytes that are no UTF-8", oddLines),
      ...remark(
        "with a language that the protocol does not know; told by the words",
        unknownLanguages,
      ),
    ],
  };
}

const NAMED_LINES = 10;

function remark(what: string, lines: readonly number[]): string[] {
  if (lines.length === 0) return [];
  const named = lines.slice(0, NAMED_LINES).join(", ");
  const more = lines.length > NAMED_LINES ? ", …" : "";
  return [`${lines.length} ${lines.length === 1 ? "line" : "lines"} ${what}: ${named}${more}`];
}

function isHeading(names: readonly string[]): boolean {
  const has = (known: readonly string[]) => known.some((name) => names.includes(name));
  return (has(COLUMNS.accession) || has(COLUMNS.study)) && (has(COLUMNS.report) || PARTS.some(has));
}

function rowReader({ names, titles }: Table, languages: ReadonlySet<string>) {
  const column = (known: readonly string[]) => {
    const name = known.find((one) => names.includes(one));
    return name === undefined ? -1 : names.indexOf(name);
  };
  const [accession, study, language] = [COLUMNS.accession, COLUMNS.study, COLUMNS.language].map(
    column,
  );
  const reports = reportColumns(names);
  return ({ line, cells, problem }: TableRow) => {
    const cell = (index: number) => (cells[index] ?? "").trim();
    const written = cell(accession);
    const parts = reports.flatMap((index) => {
      const text = cells[index] ?? "";
      if (text.trim() === "") return [];
      return reports.length > 1 ? [`${titles[index].trim()}:\n${text}`] : [text];
    });
    return {
      line,
      accessions: accessionsOf(written),
      study: cell(study),
      report: parts.join("\n\n"),
      language: languageOf(cell(language), languages),
      problem: problem ?? accessionProblem(written),
    };
  };
}

/** Every column of the first name that is there, then the parts that are no such column. */
function reportColumns(names: readonly string[]): number[] {
  const all = (known: readonly string[]) => {
    const name = known.find((one) => names.includes(one));
    return names.flatMap((one, index) => (one === name ? [index] : []));
  };
  return [...all(COLUMNS.report), ...PARTS.flatMap(all)];
}

/** Other names of the languages in which the project's protocols are written. */
const LANGUAGES: Readonly<Record<string, readonly string[]>> = {
  en: ["eng", "english", "engels"],
  nl: ["nld", "dut", "dutch", "nederlands", "vlaams", "flemish"],
};

/** As the protocol calls it; empty where the row does not say, null where nobody knows it. */
function languageOf(written: string, languages: ReadonlySet<string>): string | null {
  const name = written.toLowerCase();
  if (name === "" || languages.has(name)) return name;
  const short = name.replace(/[-_].*$/, "");
  const known = Object.keys(LANGUAGES).find(
    (code) => code === short || LANGUAGES[code].includes(name),
  );
  return known !== undefined && languages.has(known) ? known : null;
}
