/** The class that holds for each case: the reference panel's where it has decided, else the observers'. */
import type { Study } from "../study.ts";

/** By the case's id; cases without a class are not in it. */
export async function classesOfCases({ database }: Study): Promise<Map<string, string>> {
  const rows = await database.selectFrom("case_classes").select(["case_id", "class"]).execute();
  return new Map(
    rows.flatMap(({ case_id: id, class: holds }) => (holds === null ? [] : [[id, holds] as const])),
  );
}
