/**
 * Screening held against a table of the truth: a CSV file with accession numbers and, for each,
 * `fracture`, `no fracture` or `excluded:<code>`. The study keeps no accession number, so the rows
 * find their cases by keyed hash.
 */
import { NOT_STATED } from "@malleolus/data";
import type { Hospital, ScreenedState } from "@malleolus/schema";
import { readTable } from "../csv/read-table.ts";
import { StudyError } from "../errors.ts";
import { accessionHash } from "../import/accession.ts";
import type { KeyFile } from "../keys/key-file.ts";
import type { Study } from "../study.ts";
import { latestDecisions, type ScreenedCaseRow } from "./decisions.ts";

export interface TruthFile {
  readonly path: string;
  readonly hospital: Hospital;
  readonly keys: KeyFile;
}

export interface TruthComparison {
  /** Rows of the file, and how many of them are a case that was screened. */
  readonly rows: number;
  readonly compared: number;
  /** Lines whose examination is not in the study, or stands in it twice. */
  readonly unmatchedLines: readonly number[];
  /** Lines of cases that no screening has decided on: they have no report. */
  readonly unscreenedLines: readonly number[];
  readonly languages: readonly LanguageComparison[];
  readonly disagreements: readonly Disagreement[];
}

/** The cases whose reports are in one language. */
export interface LanguageComparison {
  readonly language: string;
  /** Where each was put, and where it belongs. */
  readonly cases: readonly { readonly predicted: ScreenedState; readonly actual: ScreenedState }[];
  /** Of those rightly excluded, how many have their true code among the decision's. */
  readonly rightlyExcluded: number;
  readonly withRightCode: number;
}

export interface Disagreement {
  readonly caseId: string;
  readonly line: number;
  readonly predicted: string;
  readonly actual: string;
}

/** A table whose rows have found their cases. */
export interface Truth {
  readonly rows: readonly TruthRow[];
  /** By accession number; none where the study has no case of it, or two. */
  readonly caseIds: ReadonlyMap<string, string>;
}

/** @throws StudyError `source` where the file cannot be used, or none of its rows is a case. */
export async function openTruth(study: Study, given: TruthFile): Promise<Truth> {
  const codes = new Set([...study.protocol.exclusions.map(({ id }) => id), NOT_STATED]);
  const rows = readTruth(given.path, codes);
  const cases = await caseIds(study, given, rows);
  if (cases.size > 0) return { rows, caseIds: cases };
  throw new StudyError(
    "source",
    `${given.path}: expected accession numbers of examinations of hospital ` +
      `${given.hospital.id}, got ${rows.length} of which none is in the study; ` +
      "see that it is this hospital's file, and import its radiographs first",
  );
}

/** The latest screening of every case of the table. */
export async function compareWithTruth(study: Study, truth: Truth): Promise<TruthComparison> {
  const { rows } = truth;
  const decided = new Map<string, ScreenedCaseRow["decision"]>();
  for await (const { caseId, decision } of latestDecisions(study)) decided.set(caseId, decision);

  const found = rows.flatMap((row) => {
    const caseId = truth.caseIds.get(row.accession);
    return caseId === undefined ? [] : [{ ...row, caseId }];
  });
  const compared = found.flatMap((row) => {
    const decision = decided.get(row.caseId);
    return decision === undefined ? [] : [{ ...row, decision }];
  });
  const isFound = new Set(found.map(({ line }) => line));
  const isCompared = new Set(compared.map(({ line }) => line));
  const byLanguage = Map.groupBy(compared, ({ decision }) => decision.language);
  return {
    rows: rows.length,
    compared: compared.length,
    unmatchedLines: rows.map(({ line }) => line).filter((line) => !isFound.has(line)),
    unscreenedLines: found.map(({ line }) => line).filter((line) => !isCompared.has(line)),
    languages: [...byLanguage].map(([language, own]) => languageOf(language, own)),
    disagreements: compared
      .filter(({ decision, actual }) => decision.state !== actual)
      .map(({ caseId, line, decision, actual, code }) => ({
        caseId,
        line,
        predicted: nameOf(decision.state, decision.codes[0]),
        actual: nameOf(actual, code),
      })),
  };
}

interface TruthRow {
  readonly line: number;
  readonly accession: string;
  readonly actual: ScreenedState;
  readonly code: string | undefined;
}

interface ComparedRow extends TruthRow {
  readonly decision: ScreenedCaseRow["decision"];
}

function languageOf(language: string, rows: readonly ComparedRow[]): LanguageComparison {
  const cases = rows.map(({ decision, actual }) => ({ predicted: decision.state, actual }));
  const excluded = rows.filter(
    ({ decision, actual, code }) => code !== undefined && decision.state === actual,
  );
  const right = excluded.filter(({ decision, code }) => decision.codes.includes(code ?? ""));
  return {
    language,
    cases,
    rightlyExcluded: excluded.length,
    withRightCode: right.length,
  };
}

function nameOf(state: ScreenedState, code: string | undefined): string {
  return code === undefined ? state : `excluded:${code}`;
}

async function caseIds(
  { database }: Study,
  { hospital, keys }: TruthFile,
  rows: readonly TruthRow[],
): Promise<Map<string, string>> {
  const cases = await database
    .selectFrom("cases")
    .innerJoin("patients", "patients.id", "cases.patient_id")
    .select(["cases.id", "cases.accession_hash"])
    .where("patients.hospital", "=", hospital.id)
    .where("cases.accession_hash", "is not", null)
    .execute();
  const byHash = Map.groupBy(cases, (one) => one.accession_hash);
  return new Map(
    rows.flatMap(({ accession }) => {
      const own = byHash.get(accessionHash(keys, hospital.id, accession)) ?? [];
      return own.length === 1 ? [[accession, own[0].id] as const] : [];
    }),
  );
}

function readTruth(path: string, codes: ReadonlySet<string>): TruthRow[] {
  const needed = ["accessionnumber", "truth"];
  const table = readTable(
    path,
    (names) => needed.every((name) => names.includes(name)),
    '"accession_number" and "truth"',
  );
  const [accession, truth] = needed.map((name) => table.names.indexOf(name));
  return [...table.rows()].map(({ line, cells, problem }) => {
    const where = `${path}, line ${line}`;
    if (problem !== null) throw new StudyError("source", `${where}: ${problem}`);
    return {
      line,
      accession: (cells[accession] ?? "").trim(),
      ...readTruthValue(cells[truth] ?? "", codes, where),
    };
  });
}

function readTruthValue(
  written: string,
  codes: ReadonlySet<string>,
  where: string,
): { readonly actual: ScreenedState; readonly code: string | undefined } {
  const value = written.trim().toLowerCase();
  if (value === "fracture") return { actual: "candidate fracture", code: undefined };
  if (value === "no fracture") return { actual: "candidate no fracture", code: undefined };
  const code = /^excluded:(.+)$/.exec(value)?.[1];
  if (code !== undefined && codes.has(code)) return { actual: "excluded by keyword", code };
  throw new StudyError(
    "source",
    `${where}: expected "fracture", "no fracture" or "excluded:" and one of ` +
      `${[...codes].join(", ")}, got ${quoted(written)}`,
  );
}

/** What is longer than any answer may be a patient's report, and is not repeated. */
function quoted(written: string): string {
  return written.length <= 30 ? `"${written}"` : `a text of ${written.length} letters`;
}
