/**
 * Signing in: sessions by the hash of their token, and the lock after wrong passwords. A lock grows with
 * every further wrong password, so that guessing gets slower and a slip costs a minute.
 */
import type { Study } from "../study.ts";
import { accountOf, type StoredAccount } from "./accounts.ts";

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

/** Whose session it is; undefined where there is none, or it is over, or its account is disabled. */
export async function sessionAccount(
  study: Study,
  tokenSha256: string,
  now = new Date(),
): Promise<StoredAccount | undefined> {
  const row = await study.database
    .selectFrom("sessions")
    .select(["account_id", "seen_at"])
    .where("token_sha256", "=", tokenSha256)
    .where("seen_at", ">=", before(now, IDLE_MS))
    .where("at", ">=", before(now, LIFE_MS))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const account = await accountOf(study, row.account_id);
  if (account.disabled) return undefined;
  if (row.seen_at < before(now, SEEN_STEP_MS)) {
    const seen = { seen_at: now.toISOString() };
    await study.database
      .updateTable("sessions")
      .set(seen)
      .where("token_sha256", "=", tokenSha256)
      .execute();
    await study.database
      .updateTable("accounts")
      .set(seen)
      .where("id", "=", row.account_id)
      .execute();
  }
  return account;
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
