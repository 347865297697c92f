/**
 * All or nothing: the one way in which several statements become one step. Within another transaction
 * it is a part of that one, so that an import can record a thousand readings as one step.
 */
import { Transaction } from "kysely";
import type { StudyDatabase } from "./open-database.ts";
import type { StudyTables } from "./tables.ts";

export type StudyTransaction = Transaction<StudyTables>;

/** An error thrown by `work` undoes everything that the outermost call has done. */
export async function inTransaction<T>(
  database: StudyDatabase,
  work: (transaction: StudyTransaction) => Promise<T>,
): Promise<T> {
  return database instanceof Transaction ? work(database) : database.transaction().execute(work);
}
