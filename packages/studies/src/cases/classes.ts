/** The class that holds for each case: the reference panel's where it has decided, else the observers'. */
import type { Study } from "../study.ts";

/** By the case's id; cases without a class are not in it. */
export async function classesOfCases({ database }: Study): Promise<Map<string, string>> {
  const rows = await database
    .selectFrom("cases")
    .leftJoin("verdicts", (join) =>
      join
        .onRef("verdicts.case_id", "=", "cases.id")
        .on("verdicts.panel", "=", "reference")
        .on("verdicts.decision_kind", "=", "class"),
    )
    .select(["cases.id", "cases.class", "verdicts.decision_id"])
    .execute();
  return new Map(
    rows.flatMap(({ id, class: observed, decision_id: decided }) => {
      const holds = decided ?? observed;
      return holds === null ? [] : [[id, holds] as const];
    }),
  );
}
