/**
 * Radiology reports from a CSV file into the cases that they are about, found by accession number or
 * by the UID of the DICOM study. One transaction a file: an interrupted import has imported nothing,
 * and the same rows again change nothing.
 */
import type { Hospital } from "@malleolus/schema";
import type { Transaction } from "kysely";
import { inTransaction } from "../database/in-transaction.ts";
import type { StudyTables } from "../database/tables.ts";
import { StudyError } from "../errors.ts";
import type { KeyFile } from "../keys/key-file.ts";
import type { Study } from "../study.ts";
import { type FoundCase, findCase } from "./find-case.ts";
import { type ReportRow, readReportTable } from "./report-table.ts";
import { scrubReport } from "./scrub-report.ts";

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
  /** Lines that could not be used, and why. */
  readonly refusedLines: readonly { readonly line: number; readonly why: string }[];
  /** What was guessed in reading the file. */
  readonly remarks: readonly string[];
}

/**
 * @throws StudyError `source` where the file is no CSV file with the columns that are needed, and
 *   where none of its reports is about an examination of the study.
 */
export async function importReports(study: Study, given: ReportsImport): Promise<ReportsCounts> {
  const languages = Object.keys(study.protocol.screening.languages);
  const { rows, remarks } = readReportTable(given.path, languages);
  const at = new Date().toISOString();
  const counts = { imported: 0, known: 0 };
  const refusedLines: { line: number; why: string }[] = [];
  const unmatchedLines: number[] = [];
  const emptyLines: number[] = [];
  await inTransaction(study.database, async (transaction) => {
    Object.assign(counts, { imported: 0, known: 0 });
    for (const lines of [refusedLines, unmatchedLines, emptyLines]) lines.length = 0;
    for (const row of rows()) {
      if (row.problem !== null) {
        refusedLines.push({ line: row.line, why: row.problem });
        continue;
      }
      if (row.report.trim() === "") {
        emptyLines.push(row.line);
        continue;
      }
      const found = await findCase(transaction, row, given);
      if (found === undefined) unmatchedLines.push(row.line);
      else counts[await storeReport(transaction, row, found, given, at)]++;
    }
  });
  if (counts.imported + counts.known === 0 && unmatchedLines.length > 0) {
    throw new StudyError("source", describeNoMatch(given, unmatchedLines));
  }
  return { ...counts, unmatchedLines, emptyLines, refusedLines, remarks: remarks() };
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

async function storeReport(
  transaction: Transaction<StudyTables>,
  row: ReportRow,
  found: FoundCase,
  { keys, hospital, who }: ReportsImport,
  at: string,
): Promise<"imported" | "known"> {
  const { numInsertedOrUpdatedRows } = await transaction
    .insertInto("reports")
    .values({
      id: keys.hash("report", `${found.id}\0${row.report}`),
      case_id: found.id,
      language: row.language || (hospital.language ?? null),
      text: scrubReport(row.report, keys.entry(found.patient_id), [...row.accessions, row.study]),
      // One time for the whole file: its rows are told apart by their order.
      at,
      who,
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n ? "imported" : "known";
}
