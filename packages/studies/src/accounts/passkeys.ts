/**
 * Passkeys of accounts: the public halves. The private ones never leave the device or password manager that
 * made them; checking a signature is the server's.
 */
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";

export interface StoredPasskey {
  readonly id: number;
  readonly accountId: number;
  /** The credential's id, base64url. */
  readonly credential: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  /** Of its last signature; 0 for those that do not count. */
  readonly counter: number;
  /** What its owner calls it. */
  readonly name: string;
  readonly usedAt: string | null;
  readonly at: string;
}

/** More of one account would be somebody's script. */
const MOST = 20;

/** @throws StudyError `account` where there are too many, or the credential is known. */
export async function addPasskey(
  study: Study,
  { accountId, credential, publicKey, counter, name }: Omit<StoredPasskey, "id" | "usedAt" | "at">,
): Promise<void> {
  const own = await listPasskeys(study, accountId);
  if (own.length >= MOST) {
    throw new StudyError("account", `An account has at most ${MOST} passkeys. Remove one first.`);
  }
  if ((await findPasskey(study, credential)) !== undefined) {
    throw new StudyError("account", "This passkey is kept already. Sign in with it.");
  }
  await study.database
    .insertInto("passkeys")
    .values({
      account_id: accountId,
      credential,
      public_key: publicKey,
      counter,
      name,
      used_at: null,
      at: new Date().toISOString(),
    })
    .execute();
}

/** The oldest first. */
export async function listPasskeys(
  { database }: Study,
  accountId: number,
): Promise<StoredPasskey[]> {
  const rows = await database
    .selectFrom("passkeys")
    .selectAll()
    .where("account_id", "=", accountId)
    .orderBy("id")
    .execute();
  return rows.map(stored);
}

export async function findPasskey(
  { database }: Study,
  credential: string,
): Promise<StoredPasskey | undefined> {
  const row = await database
    .selectFrom("passkeys")
    .selectAll()
    .where("credential", "=", credential)
    .executeTakeFirst();
  return row === undefined ? undefined : stored(row);
}

/** Notes that it signed somebody in. */
export async function usePasskey({ database }: Study, id: number, counter: number): Promise<void> {
  await database
    .updateTable("passkeys")
    .set({ counter, used_at: new Date().toISOString() })
    .where("id", "=", id)
    .execute();
}

/** @throws StudyError `not-found` for one that is not this account's. */
export async function removePasskey(
  { database }: Study,
  accountId: number,
  id: number,
): Promise<void> {
  const { numDeletedRows } = await database
    .deleteFrom("passkeys")
    .where("id", "=", id)
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw new StudyError("not-found", "There is no such passkey.");
}

function stored(row: {
  readonly id: number;
  readonly account_id: number;
  readonly credential: string;
  readonly public_key: string;
  readonly counter: number;
  readonly name: string;
  readonly used_at: string | null;
  readonly at: string;
}): StoredPasskey {
  return {
    id: row.id,
    accountId: row.account_id,
    credential: row.credential,
    publicKey: row.public_key,
    counter: row.counter,
    name: row.name,
    usedAt: row.used_at,
    at: row.at,
  };
}
