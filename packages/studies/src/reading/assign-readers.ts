/** Assigns cases to the readers of a panel. */
import type { Panel } from "@malleolus/schema";
import { inTransaction } from "../database/in-transaction.ts";
import { peopleOf, type Role } from "../people.ts";
import type { Study } from "../study.ts";
import { addTasks } from "../tasks/add-tasks.ts";

export const READERS: Readonly<Record<Panel, Role>> = {
  curation: "observer",
  reference: "surgeon",
};

export interface AssignedTasks {
  /** Cases that were given out now; those that were before stay as they are. */
  readonly assigned: number;
  /** Cases that nobody had begun and that are no candidates any more, taken back. */
  readonly withdrawn: number;
}

/**
 * Gives every screened candidate to all observers, or every drawn test case to all surgeons. Called
 * again, it gives out what is new.
 */
export async function assignReaders(study: Study, panel: Panel): Promise<AssignedTasks> {
  const people = peopleOf(study, READERS[panel]);
  return inTransaction(study.database, async (transaction) => {
    const stale = await transaction
      .deleteFrom("tasks")
      .where("queue", "=", panel)
      .where("case_id", "in", ({ selectFrom }) =>
        selectFrom("cases").select("id").where("state", "in", ["imported", "excluded by keyword"]),
      )
      .where("case_id", "not in", ({ selectFrom }) =>
        selectFrom("readings").select("case_id").where("panel", "=", panel),
      )
      .returning("case_id")
      .execute();
    const cases =
      panel === "curation"
        ? transaction
            .selectFrom("cases")
            .select("id")
            .where("state", "in", ["candidate fracture", "candidate no fracture"])
        : transaction.selectFrom("test_patients").select("case_id as id");
    const given = await transaction
      .selectFrom("tasks")
      .select("case_id")
      .distinct()
      .where("queue", "=", panel)
      .execute();
    const known = new Set(given.map(({ case_id }) => case_id));
    const found = await cases.execute();
    const assigned = found.map(({ id }) => id).filter((id) => !known.has(id));
    await addTasks(transaction, panel, assigned, people, study.protocol.splits.seed);
    return {
      assigned: assigned.length,
      withdrawn: new Set(stale.map(({ case_id }) => case_id)).size,
    };
  });
}
