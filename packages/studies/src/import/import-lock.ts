/**
 * One import of a study at a time, across processes. The lock is SQLite's own on a file beside the
 * database: the system frees it however its holder ends, `kill -9` included.
 */
import { DatabaseSync } from "node:sqlite";
import { StudyError } from "../errors.ts";

/**
 * Gives the lock back when disposed.
 *
 * @throws StudyError `busy` where another import holds it.
 */
export function lockImport(path: string): Disposable {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    database.close();
    throw new StudyError("busy", `${path}: another import of this study is running; wait for it`, {
      cause,
    });
  }
  return { [Symbol.dispose]: () => database.close() };
}
