/** Assigns cases to the annotators. */

import { inTransaction } from "../database/in-transaction.ts";
import { peopleOf } from "../people.ts";
import type { Study } from "../study.ts";
import { addTasks } from "../tasks/add-tasks.ts";
import { assignArms } from "./proposals/assistance-arms.ts";

/**
 * Gives cases that have a class to all annotators: these, or else every one that is assigned to
 * something. A share of them is drawn without proposals. Called again, it gives out what is new. Returns how many cases were given out.
 */
export async function assignAnnotators(study: Study, cases?: readonly string[]): Promise<number> {
  const people = peopleOf(study, "annotator");
  return inTransaction(study.database, async (transaction) => {
    const found = await transaction
      .selectFrom("cases")
      .select("id")
      .where("class", "is not", null)
      .where("id", "not in", ({ selectFrom }) =>
        selectFrom("tasks").select("case_id").where("queue", "=", "annotation"),
      )
      .$if(cases === undefined, (all) =>
        all.where("id", "in", ({ selectFrom }) => selectFrom("assigned_images").select("case_id")),
      )
      .orderBy("id")
      .execute();
    const wanted = cases === undefined ? null : new Set(cases);
    const assigned = found.map(({ id }) => id).filter((id) => wanted?.has(id) ?? true);
    await assignArms(transaction, study, assigned);
    await addTasks(transaction, "annotation", assigned, people, study.protocol.splits.seed);
    return assigned.length;
  });
}
