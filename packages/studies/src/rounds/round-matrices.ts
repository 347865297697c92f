/**
 * The readings of reading rounds, for the agreement between readers and within each of them. Not for
 * readers' eyes: it tells who said what, and which cases come twice.
 */
import type { Decision } from "@malleolus/schema";
import { matrixOf, type ReadingMatrix } from "../reading/reading-matrix.ts";
import type { Study } from "../study.ts";
import { repeatOf, roundKey } from "./round-key.ts";

export interface RoundMatrix extends ReadingMatrix {
  readonly name: string;
  /** What was read twice by the same reader, who could not tell. */
  readonly repeats: readonly RepeatedReading[];
}

export interface RepeatedReading {
  readonly patient: string;
  readonly reader: string;
  readonly first: Decision;
  readonly second: Decision;
}

/** Of every round in which anybody has read, oldest first. */
export async function roundMatrices({ database }: Study): Promise<RoundMatrix[]> {
  const rounds = await database.selectFrom("rounds").select(["id", "name"]).orderBy("id").execute();
  const found: RoundMatrix[] = [];
  for (const { id, name } of rounds) {
    const key = roundKey(id);
    const [firsts, seconds] = await Promise.all(
      [key, repeatOf(key)].map((queue) =>
        database
          .selectFrom("readings")
          .innerJoin("cases", "cases.id", "readings.case_id")
          .select(["case_id", "patient_id", "reader", "decision_kind", "decision_id", "certainty"])
          .where("panel", "=", queue)
          .orderBy("case_id")
          .orderBy("revision")
          .execute(),
      ),
    );
    const [once, again] = [matrixOf(firsts), matrixOf(seconds)];
    if (once.rows.length > 0) found.push({ name, ...once, repeats: repeatsOf(once, again) });
  }
  return found;
}

/** Readings that were withdrawn are none. */
function repeatsOf(once: ReadingMatrix, again: ReadingMatrix): RepeatedReading[] {
  const byCase = new Map(once.rows.map((row) => [row.caseId, row]));
  return again.rows.flatMap(({ caseId, patient, decisions }) =>
    again.readers.flatMap((reader, i) => {
      const first = byCase.get(caseId)?.decisions[once.readers.indexOf(reader)] ?? null;
      const second = decisions[i];
      return first === null || second === null ? [] : [{ patient, reader, first, second }];
    }),
  );
}
