/**
 * All or nothing: the one way in which several statements become one step. Within another transaction
 * it is a part of that one, so that an import can record a thousand readings as one step.
 *
 * What a transaction has read holds until it is committed, as if no other ran beside it. SQLite lets them wait for
 * each other. PostgreSQL lets them run and refuses one that would have read something else, which is done again
 * here; so `work` may be called more than once and begins each time from nothing.
 */
import { randomInt } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { Transaction } from "kysely";
import type { StudyDatabase } from "./open-database.ts";
import type { StudyTables } from "./tables.ts";

export type StudyTransaction = Transaction<StudyTables>;

/** `read committed` is for what writes under keys and conditions of its own statements, and reads nothing before. */
export type Isolation = "serializable" | "read committed";

const MOST_ATTEMPTS = 50;
const LONGEST_PAUSE_MS = 200;
/** `serialization_failure`, `deadlock_detected` */
const CONFLICTS: readonly unknown[] = ["40001", "40P01"];

/**
 * An error thrown by `work` undoes everything that the outermost call has done.
 *
 * @throws what `work` throws, and the database's error where others have been before it fifty times.
 */
export async function inTransaction<T>(
  database: StudyDatabase,
  work: (transaction: StudyTransaction) => Promise<T>,
  isolation: Isolation = "serializable",
): Promise<T> {
  if (database instanceof Transaction) return work(database);
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.transaction().setIsolationLevel(isolation).execute(work);
    } catch (error) {
      if (!isConflict(error) || attempt === MOST_ATTEMPTS) throw error;
    }
    // Not together again.
    await setTimeout(randomInt(Math.min(2 ** attempt, LONGEST_PAUSE_MS) + 1));
  }
}

/** Whether a database undid a transaction only because of others that ran beside it. */
export function isConflict(error: unknown): boolean {
  return error instanceof Error && "code" in error && CONFLICTS.includes(error.code);
}
