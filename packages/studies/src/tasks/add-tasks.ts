/** Assigns cases to people, each in an order of their own. */

import { seededKey } from "@malleolus/random";
import type { Transaction } from "kysely";
import type { Queue, StudyTables } from "../database/tables.ts";

/** Cases whose tasks are written in one statement: SQLite takes 32,766 values. */
const BATCH = 500;

/** Adds a task for every case and person. Their order tells nothing about the cases. */
export async function addTasks(
  transaction: Transaction<StudyTables>,
  queue: Queue,
  caseIds: readonly string[],
  people: readonly string[],
  seed: number,
): Promise<void> {
  for (let start = 0; start < caseIds.length; start += BATCH) {
    const rows = caseIds.slice(start, start + BATCH).flatMap((caseId) =>
      people.map((person, seat) => ({
        queue,
        case_id: caseId,
        person,
        seat,
        position: seededKey(seed, queue, person, caseId),
        done: 0,
      })),
    );
    await transaction.insertInto("tasks").values(rows).execute();
  }
}
