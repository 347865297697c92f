/**
 * Invitations: links that work once. The database keeps the hash of what stands in a link, so that
 * whoever reads the database cannot take one.
 */

import type { AccountRole, StaffRole } from "@malleolus/schema";
import { type InvitationRequest, readJson, staffRoleSchema } from "@malleolus/schema";
import { z } from "zod";
import type { AuditStamp } from "../cases/transition-case.ts";
import { inTransaction } from "../database/in-transaction.ts";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";
import { accountOf, createAccount, personOf, type StoredAccount, setPassword } from "./accounts.ts";
import { endSessions } from "./sign-in.ts";

const VALID_MS = 14 * 24 * 3_600_000;
const rolesSchema = z.array(staffRoleSchema);

export interface OpenInvitation {
  readonly id: number;
  readonly expiresAt: string;
}

/**
 * Replaces an open invitation of the same person or account.
 *
 * @throws StudyError `not-found` or `account`.
 */
export async function invite(
  study: Study,
  request: InvitationRequest,
  tokenSha256: string,
  { who, at }: AuditStamp,
): Promise<OpenInvitation> {
  const expiresAt = new Date(Date.parse(at) + VALID_MS).toISOString();
  return inTransaction(study.database, async (transaction) => {
    const within = { ...study, database: transaction };
    if ("person" in request) {
      personOf(study, request.person);
      const taken = await transaction
        .selectFrom("accounts")
        .select("login")
        .where("person", "=", request.person)
        .executeTakeFirst();
      if (taken !== undefined) {
        throw new StudyError(
          "account",
          `${request.person} has the account ${taken.login}. Invite the account to set its password again.`,
        );
      }
      await transaction.deleteFrom("invitations").where("person", "=", request.person).execute();
    }
    if ("account" in request) {
      await accountOf(within, request.account);
      await transaction
        .deleteFrom("invitations")
        .where("account_id", "=", request.account)
        .execute();
    }
    const { id } = await transaction
      .insertInto("invitations")
      .values({
        token_sha256: tokenSha256,
        person: "person" in request ? request.person : null,
        account_id: "account" in request ? request.account : null,
        name: "name" in request ? request.name : null,
        roles: JSON.stringify("roles" in request ? request.roles : []),
        expires_at: expiresAt,
        at,
        who,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    return { id, expiresAt };
  });
}

export interface Offer {
  readonly name: string;
  readonly roles: readonly AccountRole[];
  /** Of the account whose password is to be set again. */
  readonly login: string | null;
}

/**
 * What an invitation is for.
 *
 * @throws StudyError `link`.
 */
export async function offerOf(study: Study, tokenSha256: string): Promise<Offer> {
  const found = await openInvitation(study, tokenSha256);
  if (found.accountId !== null) {
    const { name, roles, login } = await accountOf(study, found.accountId);
    return { name, roles, login };
  }
  if (found.person === null) return { name: found.name, roles: found.roles, login: null };
  const { name, roles } = personOf(study, found.person);
  return { name, roles, login: null };
}

/**
 * Takes an invitation: the new account, or the old one with its new password and without its sessions.
 *
 * @throws StudyError `link`; `account` where the login name is missing or somebody else's.
 */
export async function acceptInvitation(
  study: Study,
  given: {
    readonly tokenSha256: string;
    readonly login: string | undefined;
    readonly password: string;
  },
): Promise<StoredAccount> {
  const at = new Date().toISOString();
  return inTransaction(study.database, async (transaction) => {
    const within = { ...study, database: transaction };
    const found = await openInvitation(within, given.tokenSha256);
    await transaction.deleteFrom("invitations").where("id", "=", found.id).execute();
    if (found.accountId !== null) {
      await setPassword(within, found.accountId, given.password);
      await endSessions(within, found.accountId);
      return accountOf(within, found.accountId);
    }
    if (given.login === undefined) {
      throw new StudyError("account", "A new account needs a login name. Choose one.");
    }
    const as =
      found.person === null ? { name: found.name, roles: found.roles } : { person: found.person };
    const { login, password } = given;
    return createAccount(study, transaction, { login, password, as, who: found.who, at });
  });
}

export async function revokeInvitation({ database }: Study, id: number): Promise<void> {
  await database.deleteFrom("invitations").where("id", "=", id).execute();
}

async function openInvitation(study: Study, tokenSha256: string) {
  const row = await study.database
    .selectFrom("invitations")
    .selectAll()
    .where("token_sha256", "=", tokenSha256)
    .where("expires_at", ">", new Date().toISOString())
    .executeTakeFirst();
  if (row === undefined) {
    throw new StudyError(
      "link",
      "This link was used, or is too old. Ask an administrator of the study for a new one.",
    );
  }
  const roles: StaffRole[] = readJson(rolesSchema, row.roles, "invitations.roles");
  return {
    id: row.id,
    person: row.person,
    accountId: row.account_id,
    name: row.name ?? "",
    roles,
    who: row.who,
  };
}
