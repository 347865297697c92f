/**
 * Signing in: sessions by the hash of their token, and the lock after wrong passwords. A lock grows with
 * every further wrong password, so that guessing gets slower and a slip costs a minute.
 */
import type { Study } from "../study.ts";
import { type StoredAccount, storedAccount } from "./accounts.ts";

/** A session that nobody used for so long is over. */
const IDLE_MS = 8 * 3_600_000;
/** However busy it is. */
const LIFE_MS = 7 * 24 * 3_600_000;
/** When a session was last used is written down not more often than this. */
const SEEN_STEP_MS = 60_000;

const FREE_FAILURES = 5;
const FIRST_LOCK_MS = 60_000;
const LONGEST_LOCK_MS = 3_600_000;

export async function openSession(
  { database }: Study,
  accountId: number,
  tokenSha256: string,
  now = new Date(),
): Promise<void> {
  const at = now.toISOString();
  await database
    .deleteFrom("sessions")
    .where(({ eb, or }) =>
      or([eb("seen_at", "<", before(now, IDLE_MS)), eb("at", "<", before(now, LIFE_MS))]),
    )
    .execute();
  await database
    .insertInto("sessions")
    .values({ token_sha256: tokenSha256, account_id: accountId, at, seen_at: at })
    .execute();
  await database
    .updateTable("accounts")
    .set({ failures: 0, locked_until: null, seen_at: at })
    .where("id", "=", accountId)
    .execute();
}

export interface OpenSession {
  readonly account: StoredAccount;
  /** Whether it is time to write down that it is in use (`recordUse`). */
  readonly isUseDue: boolean;
}

/**
 * Undefined where there is none, or it is over, or its account is disabled. Every request asks this: it is one
 * question, and writes nothing.
 */
export async function findSession(
  study: Study,
  tokenSha256: string,
  now = new Date(),
): Promise<OpenSession | undefined> {
  const row = await study.database
    .selectFrom("sessions")
    .innerJoin("accounts", "accounts.id", "sessions.account_id")
    .select([
      "accounts.id",
      "accounts.login",
      "accounts.name",
      "accounts.person",
      "accounts.password",
      "accounts.disabled",
      "accounts.locked_until",
      "sessions.seen_at",
    ])
    .where("sessions.token_sha256", "=", tokenSha256)
    .where("sessions.seen_at", ">=", before(now, IDLE_MS))
    .where("sessions.at", ">=", before(now, LIFE_MS))
    .executeTakeFirst();
  if (row === undefined || row.disabled === 1) return undefined;
  return {
    account: await storedAccount(study, row),
    isUseDue: row.seen_at < before(now, SEEN_STEP_MS),
  };
}

/** Writes down that a session is in use, which keeps it open. */
export async function recordUse(
  { database }: Study,
  tokenSha256: string,
  accountId: number,
  now = new Date(),
): Promise<void> {
  const seen = { seen_at: now.toISOString() };
  await database
    .updateTable("sessions")
    .set(seen)
    .where("token_sha256", "=", tokenSha256)
    .execute();
  await database.updateTable("accounts").set(seen).where("id", "=", accountId).execute();
}

export async function endSession({ database }: Study, tokenSha256: string): Promise<void> {
  await database.deleteFrom("sessions").where("token_sha256", "=", tokenSha256).execute();
}

/** All of an account. */
export async function endSessions({ database }: Study, accountId: number): Promise<void> {
  await database.deleteFrom("sessions").where("account_id", "=", accountId).execute();
}

/** Counts a wrong password; returns until when the account is locked, null where it is not. */
export async function recordWrongPassword(
  { database }: Study,
  accountId: number,
  now = new Date(),
): Promise<string | null> {
  const { failures } = await database
    .updateTable("accounts")
    .set(({ eb }) => ({ failures: eb("failures", "+", 1) }))
    .where("id", "=", accountId)
    .returning("failures")
    .executeTakeFirstOrThrow();
  if (failures < FREE_FAILURES) return null;
  const lock = Math.min(FIRST_LOCK_MS * 2 ** (failures - FREE_FAILURES), LONGEST_LOCK_MS);
  const until = new Date(now.getTime() + lock).toISOString();
  await database
    .updateTable("accounts")
    .set({ locked_until: until })
    .where("id", "=", accountId)
    .execute();
  return until;
}

function before(now: Date, milliseconds: number): string {
  return new Date(now.getTime() - milliseconds).toISOString();
}
