/**
 * One process at a time. The lock is SQLite's own on a file: the system frees it however its holder ends, `kill -9`
 * included. Within one process it holds, too.
 */
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { causeText } from "@malleolus/errors";
import { StudyError } from "./errors.ts";

/** SQLite's result code where another has the lock. */
const SQLITE_BUSY = 5;
const PAUSE_MS = 20;

/** Waits for the lock as long as it is told, while this thread goes on; else as `lockExclusively`. */
export async function waitForExclusiveLock(
  path: string,
  heldByAnother: string,
  mostMs: number,
): Promise<Disposable> {
  for (const began = performance.now(); ; await setTimeout(PAUSE_MS)) {
    try {
      return lockExclusively(path, heldByAnother);
    } catch (error) {
      const isHeld = error instanceof StudyError && error.code === "busy";
      if (!isHeld || performance.now() - began >= mostMs) throw error;
    }
  }
}

/**
 * Gives the lock back when disposed.
 *
 * @throws StudyError `busy` with the words that are given, where another holds it; `configuration` where the lock's file
 *   cannot be made or written.
 */
export function lockExclusively(path: string, heldByAnother: string): Disposable {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    database?.close();
    if (cause instanceof Error && "errcode" in cause && cause.errcode === SQLITE_BUSY) {
      throw new StudyError("busy", `${path}: ${heldByAnother}`, { cause });
    }
    throw new StudyError(
      "configuration",
      `${path}: expected a file to lock by that this process may make and write, got "${causeText(cause)}"; give it the ` +
        `right to write to ${dirname(path)}, and to this file where somebody else has made it`,
      { cause },
    );
  }
  return { [Symbol.dispose]: () => database.close() };
}
