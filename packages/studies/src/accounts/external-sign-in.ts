/**
 * Accounts of people whom an institution's sign-on vouches for. Who they are stands in its issuer and subject,
 * which never change; login name, name and roles are taken as they are at each sign-in.
 *
 * A person of `malleolus.toml` keeps one account, however it was made; staff whose login name is a local
 * account's already are refused, since a provider's name proves nothing about who has that account.
 */
import type { StaffRole } from "@malleolus/schema";
import { inTransaction, type StudyTransaction } from "../database/in-transaction.ts";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";
import { accountOf, createAccount, personOf, type StoredAccount, setRoles } from "./accounts.ts";

export interface ExternalIdentity {
  readonly issuer: string;
  /** The provider's own name for this person; never given to another. */
  readonly subject: string;
  readonly login: string;
  readonly name: string;
  readonly as: { readonly person: string } | { readonly roles: readonly StaffRole[] };
}

/**
 * The identity's account, made where there is none.
 *
 * @throws StudyError `account` where there is an account that is not this identity's, or that is disabled;
 *   `not-found` for a person whom the study does not have.
 */
export async function signInExternally(
  study: Study,
  identity: ExternalIdentity,
): Promise<StoredAccount> {
  const { issuer, subject, login, name, as } = identity;
  const at = new Date().toISOString();
  return inTransaction(study.database, async (transaction) => {
    const within = { ...study, database: transaction };
    if ("person" in as) personOf(study, as.person);
    const found = await accountIdOf(transaction, identity);
    if (found === undefined) {
      const { id } = await createAccount(study, transaction, {
        login,
        password: null,
        as: "person" in as ? as : { name, roles: as.roles },
        who: issuer,
        at,
      });
      await link(transaction, identity, id, at);
      return accountOf(within, id);
    }
    const account = await accountOf(within, found.id);
    const person = "person" in as ? as.person : null;
    if (account.disabled) {
      throw new StudyError("account", "This account is disabled. Ask an administrator.");
    }
    if (account.person !== person) {
      throw new StudyError(
        "account",
        `${account.login} has an account for other work already: who reads does not run the study. ` +
          "Ask an administrator.",
      );
    }
    if (!found.linked) await link(transaction, { issuer, subject }, account.id, at);
    if ("roles" in as) {
      await setRoles(transaction, account.id, as.roles);
      await transaction
        .updateTable("accounts")
        .set({ name })
        .where("id", "=", account.id)
        .execute();
    }
    return accountOf(within, account.id);
  });
}

/** By the identity; else the account that a person of the study has. */
async function accountIdOf(
  transaction: StudyTransaction,
  { issuer, subject, as }: ExternalIdentity,
): Promise<{ readonly id: number; readonly linked: boolean } | undefined> {
  const known = await transaction
    .selectFrom("external_identities")
    .select("account_id")
    .where("issuer", "=", issuer)
    .where("subject", "=", subject)
    .executeTakeFirst();
  if (known !== undefined) return { id: known.account_id, linked: true };
  if (!("person" in as)) return undefined;
  const own = await transaction
    .selectFrom("accounts")
    .select("id")
    .where("person", "=", as.person)
    .executeTakeFirst();
  return own === undefined ? undefined : { id: own.id, linked: false };
}

async function link(
  transaction: StudyTransaction,
  { issuer, subject }: Pick<ExternalIdentity, "issuer" | "subject">,
  accountId: number,
  at: string,
): Promise<void> {
  await transaction
    .insertInto("external_identities")
    .values({ issuer, subject, account_id: accountId, at })
    .execute();
}
