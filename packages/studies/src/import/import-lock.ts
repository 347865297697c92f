/**
 * One import of a study at a time, across processes, and across machines where the database is on a server.
 *
 * On a server the lock is its connection's: the server frees it however the import ends, and also where the network
 * drops a connection whose import goes on. So an import that begins writes a token of its own, and every transaction
 * that records a file reads it: one whose lock has gone to another records nothing more.
 */
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { sql } from "kysely";
import type { StudyTransaction } from "../database/in-transaction.ts";
import type { StudyDatabase } from "../database/open-database.ts";
import { isPostgres } from "../database/postgres-dialect.ts";
import { StudyError } from "../errors.ts";
import { lockExclusively } from "../exclusive-lock.ts";
import type { Study } from "../study.ts";

export interface ImportLock extends AsyncDisposable {
  /**
   * In a transaction that records a file: until it ends no other import begins.
   *
   * @throws StudyError `busy` where another has begun.
   */
  hold(transaction: StudyTransaction): Promise<void>;
  /** In a transaction that removes files: until it ends nobody records one. Throws as `hold`. */
  holdAlone(transaction: StudyTransaction): Promise<void>;
}

const HELD = "another import of this study is running; wait for it";
/** Of PostgreSQL's advisory locks, which are a database's own. */
const LOCK_NUMBER = 212_121;
/** There is one row. */
const ROW = 1;
/** A server takes a moment to notice that a killed import has gone. */
const [TRIES, PAUSE_MS] = [20, 150];

/** Waits for those that have the lock before, and gives up when `stop` aborts; else as `lockImport`. */
export async function waitForImportLock(study: Study, stop: AbortSignal): Promise<ImportLock> {
  for (;;) {
    try {
      return await lockImport(study, 1);
    } catch (error) {
      if (!(error instanceof StudyError) || error.code !== "busy" || stop.aborted) throw error;
      await setTimeout(PAUSE_MS);
    }
  }
}

/**
 * Gives the lock back when disposed.
 *
 * @throws StudyError `busy` where another import holds it.
 */
export async function lockImport({ database, images }: Study, tries = TRIES): Promise<ImportLock> {
  if (!isPostgres(database)) {
    // The system's lock on a file stays until its process ends, and SQLite lets in one transaction at a time.
    const lock = lockExclusively(`${images}.lock`, HELD);
    const held = async () => undefined;
    return {
      hold: held,
      holdAlone: held,
      [Symbol.asyncDispose]: async () => lock[Symbol.dispose](),
    };
  }
  const token = randomUUID();
  const taken = Promise.withResolvers<boolean>();
  const released = Promise.withResolvers<void>();
  const ended = database.connection().execute(async (connection) => {
    const isTaken = await takeLock(connection, tries);
    // Waits for the file that an import without its lock may be recording.
    if (isTaken) await writeToken(connection, token);
    taken.resolve(isTaken);
    if (!isTaken) return;
    await released.promise;
    await sql`select pg_advisory_unlock(${LOCK_NUMBER})`.execute(connection);
  });
  ended.catch(taken.reject);
  if (!(await taken.promise)) throw new StudyError("busy", `${images}: ${HELD}`);
  const requireToken = (found: string) => {
    if (found === token) return;
    throw new StudyError(
      "busy",
      `${images}: this import's connection to the database was cut, and another import has begun meanwhile; wait ` +
        "for it, and the same command goes on",
    );
  };
  return {
    hold: async (transaction) => requireToken(await readToken(transaction, "share")),
    holdAlone: async (transaction) => requireToken(await readToken(transaction, "update")),
    async [Symbol.asyncDispose]() {
      released.resolve();
      // Where the server has gone, so has the lock.
      await ended.catch(() => undefined);
    },
  };
}

async function takeLock(connection: StudyDatabase, tries: number): Promise<boolean> {
  for (let tried = 1; ; tried++) {
    const { rows } = await sql<{ is_taken: number }>`
      select pg_try_advisory_lock(${LOCK_NUMBER}) as is_taken`.execute(connection);
    if (rows[0].is_taken === 1 || tried >= tries) return rows[0].is_taken === 1;
    await setTimeout(PAUSE_MS);
  }
}

async function writeToken(connection: StudyDatabase, token: string): Promise<void> {
  await connection
    .insertInto("import_token")
    .values({ id: ROW, token })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ token }))
    .execute();
}

/** The latest import's; locked against the next until the transaction ends, for `update` against all. */
async function readToken(transaction: StudyTransaction, mode: "share" | "update"): Promise<string> {
  const asked = transaction.selectFrom("import_token").select("token").where("id", "=", ROW);
  const locked = mode === "share" ? asked.forShare() : asked.forUpdate();
  const found = await locked.executeTakeFirstOrThrow();
  return found.token;
}
