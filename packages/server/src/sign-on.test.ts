/** Signing in by an institution: a real provider on loopback, from the link to the session. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { peopleSchema, type SignOn, signOnSchema } from "@malleolus/schema";
import { OBSERVERS } from "@malleolus/studies/test-people";
import { pino } from "pino";
import { startProvider, type TestProvider } from "./test-openid-provider.ts";
import { type Answer, type Client, joinRoom, setUp, type TestRoom, testRoom } from "./test-room.ts";

const HOST = { host: "localhost" };
const [person] = OBSERVERS;

interface TestContext {
  after(cleanUp: () => void | Promise<void>): void;
}

function signOnOf({ issuer, clientSecret }: TestProvider): SignOn {
  return signOnSchema.parse({
    issuer,
    clientId: "malleolus",
    clientSecret,
    groups: { admins: ["administrator"], team: ["researcher", "viewer"] },
    people: { "J.Jansen": person },
  });
}

async function roomWithProvider(context: TestContext) {
  const provider = await startProvider(context);
  const given = await testRoom(context, { signOn: signOnOf(provider) });
  const administrator = await setUp(given);
  return { provider, given, administrator };
}

/** To the provider and back, as a browser goes; the last answer. */
async function signOn({ app }: TestRoom, change = (callback: URL) => callback): Promise<Answer> {
  const begun = await app.inject({ url: "/api/openid/start", headers: HOST });
  assert.equal(begun.statusCode, 302, begun.body);
  const [flow] = begun.cookies;
  if (flow === undefined) return begun;
  const there = await fetch(String(begun.headers.location), { redirect: "manual" });
  const callback = change(new URL(there.headers.get("location") ?? ""));
  assert.equal(callback.origin, "http://localhost");
  return app.inject({
    url: `${callback.pathname}${callback.search}`,
    headers: { ...HOST, cookie: `${flow.name}=${flow.value}` },
  });
}

async function accountAfter({ app }: TestRoom, answer: Answer) {
  const session = answer.cookies.find(({ name }) => name === "__Host-malleolus");
  assert.ok(session !== undefined, `${answer.headers.location}`);
  const cookie = `${session.name}=${session.value}`;
  const state = await app.inject({ url: "/api/session", headers: { ...HOST, cookie } });
  return state.json().account;
}

const member = async (administrator: Client, login: string) =>
  peopleSchema
    .parse((await administrator.get("/api/people")).json())
    .people.find(({ account }) => account?.login === login);

test("sign-on: groups become roles, as they are at each sign-in, in one account", async (context) => {
  const { provider, given, administrator } = await roomWithProvider(context);
  const state = await given.app.inject({ url: "/api/session", headers: HOST });
  assert.deepEqual(state.json(), { state: "signed out", singleSignOn: true });
  const user = {
    sub: "7",
    preferred_username: "Vries",
    name: "R. de Vries",
    groups: ["team", "x"],
  };
  provider.user = user;
  const answer = await signOn(given);
  assert.deepEqual([answer.statusCode, answer.headers.location], [302, "/"]);
  assert.match(String(answer.headers["set-cookie"]), /HttpOnly; Secure; SameSite=Strict/);
  assert.deepEqual(await accountAfter(given, answer), {
    login: "vries",
    name: "R. de Vries",
    roles: ["researcher", "viewer"],
  });
  provider.user = { ...user, groups: "admins", preferred_username: "renamed" };
  const { roles, login } = await accountAfter(given, await signOn(given));
  assert.deepEqual([roles, login], [["administrator"], "vries"], "the subject is who it is");
  const { entries } = (await administrator.get("/api/audit")).json();
  const own = entries.filter(({ who }: { who: string }) => who === "vries");
  assert.deepEqual(
    own.map(({ action }: { action: string }) => action),
    ["sign in by the institution", "sign in by the institution"],
  );
});

test("sign-on: a person of the study reads, with the one account that the person has", async (context) => {
  const { provider, given, administrator } = await roomWithProvider(context);
  await joinRoom(given, administrator, { person });
  provider.user = { sub: "8", preferred_username: "j.jansen", groups: ["admins"] };
  const account = await accountAfter(given, await signOn(given));
  assert.deepEqual([account.login, account.roles], [person, ["observer"]], "and runs nothing");
});

test("sign-on: groups that only the user information has", async (context) => {
  const { provider, given } = await roomWithProvider(context);
  provider.onlyInUserInformation.add("groups");
  provider.user = { sub: "9", preferred_username: "vries", groups: ["team"] };
  const { roles } = await accountAfter(given, await signOn(given));
  assert.deepEqual(roles, ["researcher", "viewer"]);
});

test("sign-on: who is in no group, is disabled, or has somebody's login name gets no session", async (context) => {
  const { provider, given, administrator } = await roomWithProvider(context);
  const refused = async (user: TestProvider["user"], problem: string) => {
    provider.user = user;
    const { headers, cookies } = await signOn(given);
    assert.equal(headers.location, `/login?sign-on=${problem}`);
    assert.ok(!cookies.some(({ name }) => name === "__Host-malleolus"));
  };
  const user = { sub: "1", preferred_username: "bakker", groups: ["team"] };
  await refused({ ...user, groups: [] }, "no-role");
  await refused({ ...user, preferred_username: "HOSPITAL\\bakker" }, "account");
  await refused({ ...user, preferred_username: "admin", groups: ["admins"] }, "account");
  assert.equal(await member(administrator, "bakker"), undefined);
  provider.user = user;
  assert.equal((await signOn(given)).headers.location, "/");
  const id = (await member(administrator, "bakker"))?.account?.id;
  await administrator.send("PATCH", `/api/accounts/${id}`, { disabled: true });
  await refused(user, "account");
});

test("sign-on: an answer that is not this sign-in's is refused", async (context) => {
  const { provider, given } = await roomWithProvider(context);
  provider.user = { sub: "1", preferred_username: "bakker", groups: ["team"] };
  const changed = async (change: (callback: URL) => URL) =>
    (await signOn(given, change)).headers.location;
  const set = (name: string, value: string) => (callback: URL) => {
    callback.searchParams.set(name, value);
    return callback;
  };
  assert.equal(await changed(set("state", "another")), "/login?sign-on=refused");
  assert.equal(await changed(set("code", "made-up")), "/login?sign-on=refused");
  provider.fault = "nonce";
  assert.equal((await signOn(given)).headers.location, "/login?sign-on=refused");
  provider.fault = "signature";
  assert.equal((await signOn(given)).headers.location, "/login?sign-on=refused");
  provider.fault = "none";
  let used = "";
  await signOn(given, (callback) => {
    used = `${callback.pathname}${callback.search}`;
    return callback;
  });
  const again = await given.app.inject({ url: used, headers: HOST });
  assert.equal(again.headers.location, "/login?sign-on=expired", "without its cookie");
});

test("sign-on: before the first account, without a provider, and with one that is down", async (context) => {
  const provider = await startProvider(context);
  const early = await testRoom(context, { signOn: signOnOf(provider) });
  assert.equal((await signOn(early)).headers.location, "/login?sign-on=set-up");
  const without = await testRoom(context);
  await setUp(without);
  assert.equal((await signOn(without)).headers.location, "/login?sign-on=provider");
  const gone = { ...signOnOf(provider), issuer: "http://127.0.0.1:9" };
  const down = await testRoom(context, { signOn: gone });
  await setUp(down);
  assert.equal((await signOn(down)).headers.location, "/login?sign-on=provider");
});

test("sign-on: a visitor who is in no group is worth no warning, a provider that is down is", async (context) => {
  const provider = await startProvider(context);
  const warnings = async (signOnSettings: SignOn) => {
    const lines: string[] = [];
    const logger = pino({ level: "warn" }, { write: (line) => void lines.push(line) });
    const given = await testRoom(context, { signOn: signOnSettings, logger });
    await setUp(given);
    await signOn(given);
    return lines.map((line) => JSON.parse(line).problem);
  };
  provider.user = { sub: "1", preferred_username: "bakker", groups: ["kitchen"] };
  assert.deepEqual(await warnings(signOnOf(provider)), []);
  const gone = { ...signOnOf(provider), issuer: "http://127.0.0.1:9" };
  assert.deepEqual(await warnings(gone), ["provider"]);
});
