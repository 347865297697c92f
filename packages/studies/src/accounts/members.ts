/** Everybody who takes part: people of the study, with or without an account, then staff. */
import { type Member, readJson, staffRoleSchema } from "@malleolus/schema";
import { z } from "zod";
import type { Study } from "../study.ts";
import { accountOf } from "./accounts.ts";

/** People in the configuration's order, then staff by login name, then staff that is invited. */
export async function listMembers(study: Study): Promise<Member[]> {
  const now = new Date().toISOString();
  const rows = await study.database
    .selectFrom("accounts")
    .select(["id", "seen_at"])
    .orderBy("login")
    .execute();
  const accounts = await Promise.all(
    rows.map(async ({ id, seen_at }) => ({ seenAt: seen_at, ...(await accountOf(study, id)) })),
  );
  const invitations = await study.database
    .selectFrom("invitations")
    .select(["id", "person", "account_id", "name", "roles", "expires_at"])
    .where("expires_at", ">", now)
    .orderBy("id")
    .execute();
  const member = (
    person: string | null,
    who: { readonly name: string; readonly roles: Member["roles"] },
    account: (typeof accounts)[number] | undefined,
    invitation: (typeof invitations)[number] | undefined,
  ): Member => ({
    person,
    ...who,
    account:
      account === undefined
        ? null
        : {
            id: account.id,
            login: account.login,
            lastSeenAt: account.seenAt,
            lockedUntil:
              account.lockedUntil !== null && account.lockedUntil > now
                ? account.lockedUntil
                : null,
            disabled: account.disabled,
          },
    invitation:
      invitation === undefined ? null : { id: invitation.id, expiresAt: invitation.expires_at },
  });
  const people = study.configuration.observers.map(({ id, name, roles }) => {
    const account = accounts.find(({ person }) => person === id);
    const invitation = invitations.find(
      ({ person, account_id }) => person === id || (account && account_id === account.id),
    );
    return member(id, { name, roles }, account, invitation);
  });
  const staff = accounts
    .filter(({ person }) => person === null)
    .map((account) => {
      const invitation = invitations.find(({ account_id }) => account_id === account.id);
      return member(null, { name: account.name, roles: [...account.roles] }, account, invitation);
    });
  const invited = invitations
    .filter(({ person, account_id }) => person === null && account_id === null)
    .map((invitation) => {
      const roles = readJson(z.array(staffRoleSchema), invitation.roles, "invitations.roles");
      return member(null, { name: invitation.name ?? "", roles }, undefined, invitation);
    });
  return [...people, ...staff, ...invited];
}
