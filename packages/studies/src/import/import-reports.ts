/**
 * Radiology reports from a CSV file into the cases that they are about, found by accession number or
 * by the UID of the DICOM study. One transaction a file: an interrupted import has imported nothing,
 * and the same rows again change nothing.
 */
import { readFileSync } from "node:fs";
import { replaceUid } from "@malleolus/data";
import type { Hospital } from "@malleolus/schema";
import { parse } from "csv-parse/sync";
import type { Transaction } from "kysely";
import { z } from "zod";
import type { StudyTables } from "../database/tables.ts";
import { causeText, StudyError } from "../errors.ts";
import type { KeyFile } from "../keys/key-file.ts";
import type { Study } from "../study.ts";
import { accessionHash } from "./accession.ts";
import { scrubReport } from "./scrub-report.ts";

/** Names of columns, in any case and with any of ` _-` between words; the first that is there. */
const COLUMNS = {
  accession: ["accession", "accessionnumber", "accessienummer", "onderzoeknummer"],
  study: ["studyuid", "studyinstanceuid"],
  report: ["report", "reporttext", "text", "verslag", "tekst"],
  language: ["language", "taal"],
} as const;

export interface ReportsImport {
  readonly path: string;
  readonly hospital: Hospital;
  readonly keys: KeyFile;
  readonly who: string;
}

export interface ReportsCounts {
  readonly imported: number;
  readonly known: number;
  /** Lines of the file whose examination is not in the study. */
  readonly unmatchedLines: readonly number[];
  /** Lines without a report. */
  readonly emptyLines: readonly number[];
}

/**
 * Throws StudyError `source` where the file is no CSV file with the columns that are needed, and where
 * none of its reports is about an examination of the study.
 */
export async function importReports(study: Study, given: ReportsImport): Promise<ReportsCounts> {
  const rows = readRows(given.path);
  const counts = { imported: 0, known: 0 };
  const unmatchedLines: number[] = [];
  const emptyLines: number[] = [];
  await study.database.transaction().execute(async (transaction) => {
    for (const row of rows) {
      if (row.report.trim() === "") {
        emptyLines.push(row.line);
        continue;
      }
      const found = await findCase(transaction, row, given);
      if (found === undefined) unmatchedLines.push(row.line);
      else counts[await storeReport(transaction, row, found, given)]++;
    }
  });
  if (counts.imported + counts.known === 0 && unmatchedLines.length > 0) {
    throw new StudyError("source", describeNoMatch(given, unmatchedLines));
  }
  return { ...counts, unmatchedLines, emptyLines };
}

const NAMED_LINES = 10;

function describeNoMatch({ path, hospital }: ReportsImport, lines: readonly number[]): string {
  const named = `${lines.length === 1 ? "line" : "lines"} ${lines.slice(0, NAMED_LINES).join(", ")}`;
  const more = lines.length > NAMED_LINES ? ", …" : "";
  return (
    `${path}: expected reports of examinations in the study, got none of hospital ` +
    `"${hospital.id}" (${named}${more}); import the radiographs first, ` +
    "and name the hospital whose file it is with --hospital"
  );
}

interface ReportRow {
  readonly line: number;
  readonly accession: string;
  readonly study: string;
  readonly report: string;
  readonly language: string;
}

interface FoundCase {
  readonly id: string;
  readonly patient_id: string;
}

async function findCase(
  transaction: Transaction<StudyTables>,
  { study, accession }: ReportRow,
  { hospital, keys }: ReportsImport,
): Promise<FoundCase | undefined> {
  const cases = transaction
    .selectFrom("cases")
    .innerJoin("patients", "patients.id", "cases.patient_id")
    .select(["cases.id", "cases.patient_id"])
    .where("patients.hospital", "=", hospital.id);
  if (study !== "") {
    return cases.where("cases.id", "=", replaceUid(study, keys.secret)).executeTakeFirst();
  }
  if (accession === "") return undefined;
  const hash = accessionHash(keys, hospital.id, accession);
  const found = await cases.where("cases.accession_hash", "=", hash).limit(2).execute();
  // Two cases with one number: neither may have the other's report.
  return found.length === 1 ? found[0] : undefined;
}

async function storeReport(
  transaction: Transaction<StudyTables>,
  row: ReportRow,
  found: FoundCase,
  { keys, hospital, who }: ReportsImport,
): Promise<"imported" | "known"> {
  const { numInsertedOrUpdatedRows } = await transaction
    .insertInto("reports")
    .values({
      id: keys.hash("report", `${found.id}\0${row.report}`),
      case_id: found.id,
      language: row.language || (hospital.language ?? null),
      text: scrubReport(row.report, keys.entry(found.patient_id), [row.accession, row.study]),
      at: new Date().toISOString(),
      who,
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n ? "imported" : "known";
}

const parsedSchema = z.array(
  z.object({ record: z.record(z.string(), z.string()), info: z.object({ lines: z.number() }) }),
);

function readRows(path: string): ReportRow[] {
  const text = decodeText(readFileSync(path));
  const heading = text.slice(0, text.search(/\r?\n|$/));
  const delimiters = [",", ";", "\t"].toSorted((a, b) => count(heading, b) - count(heading, a));
  let parsed: unknown;
  try {
    parsed = parse(text, {
      bom: true,
      columns: (names: string[]) => names.map(plainName),
      delimiter: delimiters[0],
      info: true,
      relax_column_count_less: true,
      skip_empty_lines: true,
    });
  } catch (cause) {
    throw new StudyError("source", `${path}: expected a CSV file: ${causeText(cause)}`, { cause });
  }
  const rows = parsedSchema.parse(parsed);
  const names = heading.split(delimiters[0]).map(plainName);
  const column = (known: readonly string[]) => known.find((name) => names.includes(name));
  const report = column(COLUMNS.report);
  const keys = [column(COLUMNS.accession), column(COLUMNS.study)];
  if (report === undefined || keys.every((key) => key === undefined)) {
    throw new StudyError(
      "source",
      `${path}: expected a heading with "report" and "accession" or "study_uid", got "${heading.slice(0, 120)}"`,
    );
  }
  return rows.map(({ record, info }) => {
    const value = (known: readonly string[]) => record[column(known) ?? ""] ?? "";
    return {
      line: info.lines,
      accession: value(COLUMNS.accession).trim(),
      study: value(COLUMNS.study).trim(),
      report: value(COLUMNS.report),
      language: value(COLUMNS.language).trim().toLowerCase(),
    };
  });
}

/** UTF-8, or what older systems of western Europe write. */
function decodeText(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** `Accession Number` as `accessionnumber`. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

function count(text: string, part: string): number {
  return text.split(part).length;
}
