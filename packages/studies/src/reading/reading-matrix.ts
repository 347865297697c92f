/** The readings from which agreement between readers is computed. */
import type { Decision, Panel } from "@malleolus/schema";
import type { Study } from "../study.ts";
import { decisionOf } from "./decision.ts";

export interface ReadingMatrix {
  readonly readers: readonly string[];
  readonly rows: readonly {
    readonly caseId: string;
    /** One a reader, in the order of `readers`; null without one. */
    readonly decisions: readonly (Decision | null)[];
  }[];
}

/**
 * First readings: what each reader last said before the panel came to a verdict, of the cases that
 * have one. Not for readers' eyes: it tells who said what.
 */
export async function readingMatrix({ database }: Study, panel: Panel): Promise<ReadingMatrix> {
  const rows = await database
    .selectFrom("readings")
    .select(["case_id", "reader", "decision_kind", "decision_id"])
    .where("panel", "=", panel)
    .where("blind", "=", 1)
    .where("case_id", "in", ({ selectFrom }) =>
      selectFrom("verdicts").select("case_id").where("panel", "=", panel),
    )
    .orderBy("case_id")
    .orderBy("revision")
    .execute();
  const readers = [...new Set(rows.map(({ reader }) => reader))].toSorted();
  const cases = Map.groupBy(rows, ({ case_id }) => case_id);
  return {
    readers,
    rows: [...cases].map(([caseId, own]) => {
      const latest = new Map(own.map((row) => [row.reader, decisionOf(row)]));
      return { caseId, decisions: readers.map((reader) => latest.get(reader) ?? null) };
    }),
  };
}
