import assert from "node:assert/strict";
import { test } from "node:test";
import { OBSERVERS, studyWithPeople } from "../test-people.ts";
import {
  accountOf,
  changeAccount,
  createFirstAdministrator,
  findAccount,
  hasAccounts,
} from "./accounts.ts";
import { acceptInvitation, invite, offerOf } from "./invitations.ts";
import { listMembers } from "./members.ts";
import { findSession, openSession, recordUse, recordWrongPassword } from "./sign-in.ts";

const FIRST = { login: "admin", name: "Admin", password: "hash" };
const stamp = () => ({ who: "admin", at: new Date().toISOString() });
const [observer] = OBSERVERS;

test("createFirstAdministrator: once, whoever comes second", async (context) => {
  const study = await studyWithPeople(context);
  assert.equal(await hasAccounts(study), false);
  const { roles } = await createFirstAdministrator(study, FIRST);
  assert.deepEqual(roles, ["administrator"]);
  await assert.rejects(createFirstAdministrator(study, { ...FIRST, login: "other" }), {
    code: "link",
  });
});

test("acceptInvitation: a person of the study gets its roles, once, and nobody else the same person", async (context) => {
  const study = await studyWithPeople(context);
  await createFirstAdministrator(study, FIRST);
  await invite(study, { person: observer }, "first link", stamp());
  await invite(study, { person: observer }, "second link", stamp());
  // The second replaced the first.
  await assert.rejects(offerOf(study, "first link"), { code: "link" });
  assert.deepEqual((await offerOf(study, "second link")).roles, ["observer"]);
  const taking = { tokenSha256: "second link", login: "anna", password: "hash" };
  const account = await acceptInvitation(study, taking);
  assert.deepEqual([account.person, account.roles], [observer, ["observer"]]);
  await assert.rejects(acceptInvitation(study, { ...taking, login: "bert" }), { code: "link" });
  await assert.rejects(invite(study, { person: observer }, "third", stamp()), { code: "account" });
  await assert.rejects(invite(study, { person: "nobody" }, "fourth", stamp()), {
    code: "not-found",
  });
});

test("acceptInvitation: an old link and a login name that is taken are refused, and the link still holds", async (context) => {
  const study = await studyWithPeople(context);
  await createFirstAdministrator(study, FIRST);
  await invite(study, { person: observer }, "link", {
    who: "admin",
    at: "2020-01-01T00:00:00.000Z",
  });
  const taking = { tokenSha256: "link", login: "admin", password: "hash" };
  await assert.rejects(acceptInvitation(study, taking), { code: "link" });
  await invite(study, { person: observer }, "link 2", stamp());
  const again = { ...taking, tokenSha256: "link 2" };
  await assert.rejects(acceptInvitation(study, again), { code: "account" });
  assert.equal((await acceptInvitation(study, { ...again, login: "anna" })).login, "anna");
});

test("invite: an account's password is set again, and its sessions end", async (context) => {
  const study = await studyWithPeople(context);
  const { id } = await createFirstAdministrator(study, FIRST);
  await openSession(study, id, "session");
  await invite(study, { account: id }, "reset", stamp());
  assert.equal((await offerOf(study, "reset")).login, "admin");
  const given = { tokenSha256: "reset", login: undefined, password: "new hash" };
  assert.equal((await acceptInvitation(study, given)).password, "new hash");
  assert.equal(await findSession(study, "session"), undefined);
});

test("findSession: over after its idle time, after its life, and when the account is disabled", async (context) => {
  const study = await studyWithPeople(context);
  const { id } = await createFirstAdministrator(study, FIRST);
  const begin = new Date("2026-03-01T08:00:00.000Z");
  const after = (hours: number) => new Date(begin.getTime() + hours * 3_600_000);
  const use = async (token: string, hours: number) => {
    const session = await findSession(study, token, after(hours));
    if (session?.isUseDue) await recordUse(study, token, id, after(hours));
    return session?.account.login;
  };
  await openSession(study, id, "session", begin);
  assert.equal(await use("session", 0.01), "admin");
  assert.equal(await use("session", 7), "admin");
  assert.equal(await use("session", 14), "admin");
  assert.equal(await use("session", 23), undefined);
  await openSession(study, id, "busy", begin);
  assert.equal((await findSession(study, "busy", after(0.01)))?.isUseDue, false, "just written");
  for (let hours = 7; hours < 168; hours += 7) assert.equal(await use("busy", hours), "admin");
  assert.equal(await use("busy", 169), undefined);
});

test("recordWrongPassword: five lock an account, further ones longer, and a sign-in forgets them", async (context) => {
  const study = await studyWithPeople(context);
  const { id } = await createFirstAdministrator(study, FIRST);
  const now = new Date();
  const locks: (string | null)[] = [];
  for (let i = 0; i < 7; i++) locks.push(await recordWrongPassword(study, id, now));
  assert.deepEqual(
    locks.map((until) => (until === null ? 0 : (Date.parse(until) - now.getTime()) / 1000)),
    [0, 0, 0, 0, 60, 120, 240],
  );
  await openSession(study, id, "session");
  assert.equal((await findAccount(study, "admin"))?.lockedUntil, null);
  assert.equal(await recordWrongPassword(study, id, now), null);
});

test("changeAccount: the last administrator stays; disabling ends sessions and roles", async (context) => {
  const study = await studyWithPeople(context);
  const first = await createFirstAdministrator(study, FIRST);
  await assert.rejects(changeAccount(study, first.id, { disabled: true }), { code: "account" });
  await assert.rejects(changeAccount(study, first.id, { roles: ["viewer"] }), { code: "account" });
  await invite(study, { name: "Second", roles: ["administrator"] }, "link", stamp());
  const second = await acceptInvitation(study, {
    tokenSha256: "link",
    login: "second",
    password: "hash",
  });
  await openSession(study, first.id, "session");
  await changeAccount(study, first.id, { disabled: true });
  assert.equal(await findSession(study, "session"), undefined);
  assert.deepEqual((await accountOf(study, first.id)).roles, []);
  await assert.rejects(changeAccount(study, second.id, { roles: ["viewer"] }), { code: "account" });
});

test("listMembers: people with and without accounts, staff, and who is invited", async (context) => {
  const study = await studyWithPeople(context);
  await createFirstAdministrator(study, FIRST);
  await invite(study, { person: observer }, "a", stamp());
  await invite(study, { name: "To come", roles: ["viewer"] }, "b", stamp());
  const members = await listMembers(study);
  const told = members.map(({ name, account, invitation }) => [
    name,
    account?.login ?? null,
    invitation !== null,
  ]);
  assert.equal(members.length, study.configuration.observers.length + 2);
  assert.deepEqual(told[0], [members[0].name, null, true]);
  assert.deepEqual(told.slice(-2), [
    ["Admin", "admin", false],
    ["To come", null, true],
  ]);
});
