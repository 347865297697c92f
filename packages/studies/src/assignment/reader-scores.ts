/**
 * The scores of a reader study, in which people read the same patients under several conditions (alone, and
 * with the detector say): a CSV file with `patient` (the study's pseudonym), `reader`, `condition` and
 * `score`, higher for a likelier fracture.
 */
import { readTable } from "../csv/read-table.ts";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";

export interface ReaderScore {
  readonly patient: string;
  readonly reader: string;
  readonly condition: string;
  readonly score: number;
}

const COLUMNS = ["patient", "reader", "condition", "score"] as const;

/**
 * In the file's order. Throws StudyError `source` for a file that cannot be read, and with its line for a
 * patient that the study does not have, an empty cell, a score that is no number, and a patient whom a
 * reader has scored twice under a condition.
 */
export async function readReaderScores(
  { database }: Pick<Study, "database">,
  path: string,
): Promise<ReaderScore[]> {
  const isHeading = (names: readonly string[]) => COLUMNS.every((name) => names.includes(name));
  const table = readTable(path, isHeading, "patient, reader, condition and score");
  const columns = COLUMNS.map((name) => table.names.indexOf(name));
  const patients = await database.selectFrom("patients").select("id").execute();
  const known = new Set(patients.map(({ id }) => id));
  const seen = new Set<string>();
  const scores: ReaderScore[] = [];
  for (const { line, cells, problem } of table.rows()) {
    const refuse = (what: string) => new StudyError("source", `${path}, line ${line}: ${what}`);
    if (problem !== null) throw refuse(problem);
    const [patient, reader, condition, text] = columns.map((column) => cells[column].trim());
    if (!known.has(patient)) {
      throw refuse(
        "expected a patient's pseudonym of this study, got another; malleolus cases lists them",
      );
    }
    if (reader === "" || condition === "") {
      throw refuse("expected a reader and a condition, got an empty cell");
    }
    const score = text === "" ? Number.NaN : Number(text.replace(",", "."));
    if (!Number.isFinite(score)) throw refuse("expected a number as score, got none");
    const key = JSON.stringify([patient, reader, condition]);
    if (seen.has(key)) {
      throw refuse("expected one score of a patient, reader and condition, got a second");
    }
    seen.add(key);
    scores.push({ patient, reader, condition, score });
  }
  return scores;
}
