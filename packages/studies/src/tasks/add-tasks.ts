/** Assigns cases to people, each in an order of their own. */

import { seededKey } from "@malleolus/random";
import type { Transaction } from "kysely";
import type { Queue, StudyTables } from "../database/tables.ts";

/** Tasks that are written in one statement: SQLite takes 32,766 values, and a task has six. */
const BATCH = 5000;

/** Adds a task for every case and person. Their order tells nothing about the cases. */
export async function addTasks(
  transaction: Transaction<StudyTables>,
  queue: Queue,
  caseIds: readonly string[],
  people: readonly string[],
  seed: number,
): Promise<void> {
  const rows = caseIds.flatMap((caseId) =>
    people.map((person, seat) => ({
      queue,
      case_id: caseId,
      person,
      seat,
      position: seededKey(seed, queue, person, caseId),
      done: 0,
    })),
  );
  for (let start = 0; start < rows.length; start += BATCH) {
    await transaction
      .insertInto("tasks")
      .values(rows.slice(start, start + BATCH))
      .execute();
  }
}
