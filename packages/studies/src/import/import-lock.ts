/** One import of a study at a time, across processes. */
import { lockExclusively } from "../exclusive-lock.ts";

/**
 * Gives the lock back when disposed.
 *
 * @throws StudyError `busy` where another import holds it.
 */
export function lockImport(path: string): Disposable {
  return lockExclusively(path, "another import of this study is running; wait for it");
}
