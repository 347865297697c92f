/** The readings from which agreement between readers is computed. */
import type { Decision, Panel } from "@malleolus/schema";
import type { Study } from "../study.ts";
import { decisionOf } from "./decision.ts";

export interface ReadingMatrix {
  readonly readers: readonly string[];
  readonly rows: readonly {
    readonly caseId: string;
    readonly patient: string;
    /** One a reader, in the order of `readers`; null without one. */
    readonly decisions: readonly (Decision | null)[];
    /** The same of how sure they were, 1 to 5; null where nobody asked. */
    readonly certainties: readonly (number | null)[];
  }[];
}

/**
 * First readings: what each reader last said before the panel came to a verdict, of the cases that
 * have one. Not for readers' eyes: it tells who said what.
 */
export async function readingMatrix({ database }: Study, panel: Panel): Promise<ReadingMatrix> {
  const rows = await database
    .selectFrom("readings")
    .innerJoin("cases", "cases.id", "readings.case_id")
    .select(["case_id", "patient_id", "reader", "decision_kind", "decision_id", "certainty"])
    .where("panel", "=", panel)
    .where("blind", "=", 1)
    .where("case_id", "in", ({ selectFrom }) =>
      selectFrom("verdicts").select("case_id").where("panel", "=", panel),
    )
    .orderBy("case_id")
    .orderBy("revision")
    .execute();
  return matrixOf(rows);
}

export interface ReadingRow {
  readonly case_id: string;
  readonly patient_id: string;
  readonly reader: string;
  readonly decision_kind: Decision["kind"] | null;
  readonly decision_id: string | null;
  readonly certainty: number | null;
}

/** A row a case, in the order in which they come; of several readings of one reader the last. */
export function matrixOf(rows: readonly ReadingRow[]): ReadingMatrix {
  const readers = [...new Set(rows.map(({ reader }) => reader))].toSorted();
  const cases = Map.groupBy(rows, ({ case_id }) => case_id);
  return {
    readers,
    rows: [...cases].map(([caseId, own]) => {
      const latest = new Map(own.map((row) => [row.reader, row]));
      const decisions = readers.map((reader) => {
        const row = latest.get(reader);
        return row === undefined ? null : decisionOf(row);
      });
      const certainties = readers.map((reader) => latest.get(reader)?.certainty ?? null);
      return { caseId, patient: own[0].patient_id, decisions, certainties };
    }),
  };
}
