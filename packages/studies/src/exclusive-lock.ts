/**
 * One process at a time. The lock is SQLite's own on a file: the system frees it however its holder ends, `kill -9`
 * included. Within one process it holds, too.
 */
import { DatabaseSync } from "node:sqlite";
import { StudyError } from "./errors.ts";

/**
 * Gives the lock back when disposed. Waits for it as long as it is told, blocking this thread.
 *
 * @throws StudyError `busy` with the words that are given, where another holds it.
 */
export function lockExclusively(path: string, heldByAnother: string, timeoutMs = 0): Disposable {
  const database = new DatabaseSync(path, { timeout: timeoutMs });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    database.close();
    throw new StudyError("busy", `${path}: ${heldByAnother}`, { cause });
  }
  return { [Symbol.dispose]: () => database.close() };
}
