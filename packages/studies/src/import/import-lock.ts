/** One import of a study at a time, across processes, and across machines where the database is on a server. */
import { setTimeout } from "node:timers/promises";
import { sql } from "kysely";
import type { StudyDatabase } from "../database/open-database.ts";
import { isPostgres } from "../database/postgres-dialect.ts";
import { StudyError } from "../errors.ts";
import { lockExclusively } from "../exclusive-lock.ts";
import type { Study } from "../study.ts";

const HELD = "another import of this study is running; wait for it";
/** Of PostgreSQL's advisory locks, which are a database's own. */
const LOCK_NUMBER = 212_121;
/** A server takes a moment to notice that a killed import has gone. */
const [TRIES, PAUSE_MS] = [20, 150];

/**
 * Gives the lock back when disposed.
 *
 * @throws StudyError `busy` where another import holds it.
 */
export async function lockImport({ database, images }: Study): Promise<AsyncDisposable> {
  if (!isPostgres(database)) {
    const lock = lockExclusively(`${images}.lock`, HELD);
    return { [Symbol.asyncDispose]: async () => lock[Symbol.dispose]() };
  }
  const taken = Promise.withResolvers<boolean>();
  const released = Promise.withResolvers<void>();
  // The lock is its connection's, which stays with this import: the server frees it however the process ends.
  const ended = database.connection().execute(async (connection) => {
    const isTaken = await takeLock(connection);
    taken.resolve(isTaken);
    if (!isTaken) return;
    await released.promise;
    await sql`select pg_advisory_unlock(${LOCK_NUMBER})`.execute(connection);
  });
  ended.catch(taken.reject);
  if (!(await taken.promise)) throw new StudyError("busy", `${images}: ${HELD}`);
  return {
    async [Symbol.asyncDispose]() {
      released.resolve();
      // Where the server has gone, so has the lock.
      await ended.catch(() => undefined);
    },
  };
}

async function takeLock(connection: StudyDatabase): Promise<boolean> {
  for (let tried = 1; ; tried++) {
    const { rows } = await sql<{ is_taken: number }>`
      select pg_try_advisory_lock(${LOCK_NUMBER}) as is_taken`.execute(connection);
    if (rows[0].is_taken === 1 || tried === TRIES) return rows[0].is_taken === 1;
    await setTimeout(PAUSE_MS);
  }
}
