/**
 * Accounts of the reading room. A person of `malleolus.toml` has the roles that stand there; staff have
 * their own. Nobody is both: staff see classes and progress, which readers must not see.
 *
 * Passwords come here as hashes.
 */
import type { AccountChange, AccountRole, StaffRole } from "@malleolus/schema";
import type { Selectable } from "kysely";
import type { AuditStamp } from "../cases/transition-case.ts";
import { inTransaction, type StudyTransaction } from "../database/in-transaction.ts";
import type { StudyTables } from "../database/tables.ts";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";

export interface StoredAccount {
  readonly id: number;
  readonly login: string;
  readonly name: string;
  /** Of `malleolus.toml`; null for staff. */
  readonly person: string | null;
  /** None where the account is disabled, or the person stands in `malleolus.toml` no longer. */
  readonly roles: readonly AccountRole[];
  readonly password: string | null;
  readonly disabled: boolean;
  readonly lockedUntil: string | null;
}

type AccountRow = Pick<
  Selectable<StudyTables["accounts"]>,
  "id" | "login" | "name" | "person" | "password" | "disabled" | "locked_until"
>;

export interface NewAccount extends AuditStamp {
  readonly login: string;
  /** Null where somebody else vouches for who it is. */
  readonly password: string | null;
  readonly as:
    | { readonly person: string }
    | { readonly name: string; readonly roles: readonly StaffRole[] };
}

/** Whether anybody can sign in: without an account the server asks for the first administrator. */
export async function hasAccounts({ database }: Study): Promise<boolean> {
  const found = await database.selectFrom("accounts").select("id").limit(1).executeTakeFirst();
  return found !== undefined;
}

/**
 * The first account.
 *
 * @throws StudyError `link` where there is one already.
 */
export async function createFirstAdministrator(
  study: Study,
  given: { readonly login: string; readonly name: string; readonly password: string },
): Promise<StoredAccount> {
  return inTransaction(study.database, async (transaction) => {
    if (await hasAccounts({ ...study, database: transaction })) {
      throw new StudyError("link", "The first account has been made. Sign in with it.");
    }
    return createAccount(study, transaction, {
      login: given.login,
      password: given.password,
      as: { name: given.name, roles: ["administrator"] },
      who: given.login,
      at: new Date().toISOString(),
    });
  });
}

/** @throws StudyError `account` where the login name or the person has an account. */
export async function createAccount(
  study: Study,
  transaction: StudyTransaction,
  { login, password, as, who, at }: NewAccount,
): Promise<StoredAccount> {
  const person = "person" in as ? as.person : null;
  const taken = await transaction
    .selectFrom("accounts")
    .select("login")
    .where(({ eb, or }) => or([eb("login", "=", login), eb("person", "=", person)]))
    .executeTakeFirst();
  if (taken !== undefined) {
    const what = taken.login === login ? `The login name ${login}` : "This person";
    throw new StudyError("account", `${what} has an account already. Choose another.`);
  }
  const { id } = await transaction
    .insertInto("accounts")
    .values({
      login,
      name: "person" in as ? personOf(study, as.person).name : as.name,
      person,
      password,
      disabled: 0,
      failures: 0,
      locked_until: null,
      seen_at: null,
      at,
      who,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  await setRoles(transaction, id, "person" in as ? [] : as.roles);
  return accountOf({ ...study, database: transaction }, id);
}

/** @throws StudyError `not-found`. */
export async function accountOf(study: Study, id: number): Promise<StoredAccount> {
  const row = await study.database
    .selectFrom("accounts")
    .selectAll()
    .where("id", "=", id)
    .executeTakeFirst();
  if (row === undefined) throw new StudyError("not-found", "There is no such account.");
  return storedAccount(study, row);
}

/** Undefined where nobody has this login name. */
export async function findAccount(study: Study, login: string): Promise<StoredAccount | undefined> {
  const row = await study.database
    .selectFrom("accounts")
    .select("id")
    .where("login", "=", login)
    .executeTakeFirst();
  return row === undefined ? undefined : accountOf(study, row.id);
}

/**
 * Disables or enables an account, or changes the roles of staff. Disabling ends its sessions; enabling ends a
 * lock.
 *
 * @throws StudyError `not-found`, and `account` for whoever would shut out the last administrator.
 */
export async function changeAccount(
  study: Study,
  id: number,
  { disabled, roles }: AccountChange,
): Promise<void> {
  await inTransaction(study.database, async (transaction) => {
    const account = await accountOf({ ...study, database: transaction }, id);
    if (roles !== undefined && account.person !== null) {
      throw new StudyError(
        "account",
        `${account.login} reads as ${account.person}, whose roles stand in malleolus.toml.`,
      );
    }
    if (disabled !== undefined) {
      await transaction
        .updateTable("accounts")
        .set({ disabled: disabled ? 1 : 0, failures: 0, locked_until: null })
        .where("id", "=", id)
        .execute();
      if (disabled) {
        await transaction.deleteFrom("sessions").where("account_id", "=", id).execute();
      }
    }
    if (roles !== undefined) await setRoles(transaction, id, roles);
    await requireAdministrator(transaction);
  });
}

/** @throws StudyError `not-found`. */
export async function setPassword(study: Study, id: number, password: string): Promise<void> {
  const { numUpdatedRows } = await study.database
    .updateTable("accounts")
    .set({ password, failures: 0, locked_until: null })
    .where("id", "=", id)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new StudyError("not-found", "There is no such account.");
}

/** Replaces those of staff. */
export async function setRoles(
  transaction: StudyTransaction,
  id: number,
  roles: readonly StaffRole[],
): Promise<void> {
  await transaction.deleteFrom("account_roles").where("account_id", "=", id).execute();
  const rows = [...new Set(roles)].map((role) => ({ account_id: id, role }));
  if (rows.length > 0) await transaction.insertInto("account_roles").values(rows).execute();
}

/**
 * A person of the study.
 *
 * @throws StudyError `not-found`.
 */
export function personOf({ configuration }: Study, id: string) {
  const found = configuration.observers.find((one) => one.id === id);
  if (found !== undefined) return found;
  throw new StudyError(
    "not-found",
    `Nobody in malleolus.toml is "${id}". Add the person under [[observers]] and start the server again.`,
  );
}

/** What a row of `accounts` says, with the roles that stand elsewhere: in `malleolus.toml`, or for staff beside it. */
export async function storedAccount(study: Study, row: AccountRow): Promise<StoredAccount> {
  const person = study.configuration.observers.find(({ id }) => id === row.person);
  const roles = row.person === null ? await staffRoles(study, row.id) : (person?.roles ?? []);
  return {
    id: row.id,
    login: row.login,
    name: person?.name ?? row.name,
    person: row.person,
    roles: row.disabled === 1 ? [] : roles,
    password: row.password,
    disabled: row.disabled === 1,
    lockedUntil: row.locked_until,
  };
}

async function staffRoles({ database }: Study, id: number): Promise<StaffRole[]> {
  const rows = await database
    .selectFrom("account_roles")
    .select("role")
    .where("account_id", "=", id)
    .orderBy("role")
    .execute();
  return rows.map(({ role }) => role);
}

async function requireAdministrator(transaction: StudyTransaction): Promise<void> {
  const left = await transaction
    .selectFrom("account_roles")
    .innerJoin("accounts", "accounts.id", "account_roles.account_id")
    .select("accounts.id")
    .where("account_roles.role", "=", "administrator")
    .where("accounts.disabled", "=", 0)
    .executeTakeFirst();
  if (left !== undefined) return;
  throw new StudyError(
    "account",
    "Nobody would be left who can invite people. Make somebody else an administrator first.",
  );
}
