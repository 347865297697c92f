import assert from "node:assert/strict";
import { test } from "node:test";
import { auditPageSchema, peopleSchema } from "@malleolus/schema";
import { OBSERVERS } from "@malleolus/studies/test-people";
import { addReadableCases, clientOf, joinRoom, PASSWORD, setUp, testRoom } from "./test-room.ts";

const headers = { host: "localhost" };
const [person] = OBSERVERS;

test("accounts: the first link makes one administrator, in a cookie that scripts and other sites never get", async (context) => {
  const given = await testRoom(context);
  const { app, setupToken } = given;
  const state = async () => (await app.inject({ url: "/api/session", headers })).json();
  assert.deepEqual(await state(), { state: "setup" });
  const body = { token: "A".repeat(43), login: "admin", name: "A", password: PASSWORD };
  const guessed = await app.inject({ method: "POST", url: "/api/setup", headers, body });
  assert.deepEqual([guessed.statusCode, guessed.json().code], [410, "link"]);
  const made = await app.inject({
    method: "POST",
    url: "/api/setup",
    headers,
    body: { ...body, token: setupToken },
  });
  assert.equal(made.statusCode, 200, made.body);
  const cookie = String(made.headers["set-cookie"]);
  assert.match(cookie, /^__Host-malleolus=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  assert.deepEqual(await state(), { state: "signed out", singleSignOn: false });
  const again = await app.inject({
    method: "POST",
    url: "/api/setup",
    headers,
    body: { ...body, login: "second", token: setupToken },
  });
  assert.equal(again.json().code, "link");
});

test("accounts: a short password and a strange login name are refused with what is expected", async (context) => {
  const { app, setupToken } = await testRoom(context);
  const body = { token: setupToken, login: "admin", name: "A", password: PASSWORD };
  for (const [wrong, message] of [
    [{ password: "short" }, /password: expected at least 12 characters/],
    [{ login: "a b" }, /login: expected 2 to 64 letters/],
  ] as const) {
    const refused = await app.inject({
      method: "POST",
      url: "/api/setup",
      headers,
      body: { ...body, ...wrong },
    });
    assert.equal(refused.statusCode, 400);
    assert.match(refused.json().message, message);
  }
});

test("accounts: signing in, a lock after five wrong passwords, and an administrator who opens it", async (context) => {
  const given = await testRoom(context);
  const { app } = given;
  const administrator = await setUp(given);
  await joinRoom(given, administrator, { person });
  const login = (password: string, name: string = person) =>
    app.inject({ method: "POST", url: "/api/login", headers, body: { login: name, password } });
  const nobody = await login("wrong", "nobody");
  for (let i = 0; i < 5; i++) {
    const wrong = await login("wrong");
    // An account that is there answers as one that is not.
    assert.deepEqual(
      [wrong.statusCode, { ...wrong.json(), request: "" }],
      [401, { ...nobody.json(), request: "" }],
    );
  }
  const locked = await login(PASSWORD);
  assert.deepEqual([locked.statusCode, locked.json().code], [429, "too-many"]);
  assert.ok(Number(locked.headers["retry-after"]) > 50);
  const { people } = peopleSchema.parse((await administrator.get("/api/people")).json());
  const account = people.find((one) => one.person === person)?.account;
  assert.ok(account !== null && account !== undefined && account.lockedUntil !== null);
  await administrator.send("PATCH", `/api/accounts/${account.id}`, { disabled: false });
  const client = clientOf(app, await login(PASSWORD));
  assert.deepEqual(client.session.account.roles, ["observer"]);
  await administrator.send("PATCH", `/api/accounts/${account.id}`, { disabled: true });
  assert.equal((await client.get("/api/queues")).statusCode, 401);
  assert.equal((await login(PASSWORD)).statusCode, 401);
});

test("accounts: signing out ends the session, and a new password all others", async (context) => {
  const given = await testRoom(context);
  const { app } = given;
  const first = await setUp(given);
  const login = async (password: string) =>
    app.inject({ method: "POST", url: "/api/login", headers, body: { login: "admin", password } });
  const second = clientOf(app, await login(PASSWORD));
  const next = "another long password";
  const wrong = await second.send("POST", "/api/password", { current: "no", next });
  assert.equal(wrong.json().code, "credentials");
  const third = clientOf(
    app,
    await second.send("POST", "/api/password", { current: PASSWORD, next }),
  );
  assert.equal((await first.get("/api/people")).statusCode, 401);
  assert.equal((await second.get("/api/people")).statusCode, 401);
  assert.equal((await third.get("/api/people")).statusCode, 200);
  assert.equal((await login(PASSWORD)).statusCode, 401);
  const out = await third.send("POST", "/api/logout");
  assert.equal(out.json().state, "signed out");
  assert.match(String(out.headers["clear-site-data"]), /cache/);
  assert.equal((await third.get("/api/people")).statusCode, 401);
});

test("accounts: the audit log has who saw and did what, a change as soon as it is answered", async (context) => {
  const given = await testRoom(context);
  await addReadableCases(given.study, ["case-1"]);
  const administrator = await setUp(given);
  const reader = await joinRoom(given, administrator, { person });
  const { entries } = (await reader.get("/api/worklist?queue=curation")).json();
  const url = `/api/cases/${entries[0].code}`;
  await reader.get(url);
  await reader.send("POST", `${url}/reading`, {
    requestId: crypto.randomUUID(),
    content: { decision: { kind: "exclusion", id: "cast" } },
  });
  const change = await given.study.database
    .selectFrom("audit")
    .select(["who", "what"])
    .where("action", "=", "submit reading")
    .execute();
  assert.deepEqual(
    change.map(({ who, what }) => [who, what]),
    [[person, entries[0].code]],
  );
  await new Promise((resolve) => setTimeout(resolve, 400));
  const page = auditPageSchema.parse((await administrator.get("/api/audit")).json());
  const said = page.entries.map(({ who, action, what }) => `${who} ${action} ${what}`);
  for (const line of [
    "admin first account null",
    "admin invite null",
    `${person} join null`,
    `${person} view case ${entries[0].code}`,
    `${person} submit reading ${entries[0].code}`,
  ]) {
    assert.equal(said.filter((one) => one === line).length, 1, `${line} in ${said.join("; ")}`);
  }
});

test("accounts: too many requests of one account are refused, and another's go on", async (context) => {
  const given = await testRoom(context, { requestsPerMinute: 20 });
  const administrator = await setUp(given);
  const reader = await joinRoom(given, administrator, { person });
  const statuses = [];
  for (let i = 0; i < 22; i++) statuses.push((await reader.get("/api/queues")).statusCode);
  assert.deepEqual([statuses[10], statuses[21]], [200, 429]);
  assert.equal((await administrator.get("/api/people")).statusCode, 200);
});
