/** The outbox runs on a real server of HTTP; only the browser's storage is a map. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import test, { type TestContext } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { savedDraftSchema } from "@malleolus/schema";
import { createClient } from "../api/client.ts";
import type { Act } from "./act.ts";
import { emptyOutbox, nextOutbox, nextToSend, type OutboxEvent, saveStateOf } from "./outbox.ts";
import { type ActStore, type Outbox, openOutbox } from "./outbox-runner.ts";

function draft(code: string, at: number, note = ""): Act {
  return {
    kind: "draft",
    requestId: randomUUID(),
    code,
    label: code.toUpperCase(),
    at,
    content: { note },
    version: null,
  };
}
function submission(code: string, at: number): Act {
  const content = { decision: { kind: "class", id: "weber_a" }, certainty: 5 } as const;
  return { kind: "submit", requestId: randomUUID(), code, label: code.toUpperCase(), at, content };
}
const run = (events: readonly OutboxEvent[]) => events.reduce(nextOutbox, emptyOutbox);
const put = (act: Act): OutboxEvent => ({ type: "put", act });

test("outbox: a newer draft takes the place of one that was never tried, as does the submission", () => {
  const [first, second, other] = [draft("a", 0), draft("a", 1), draft("b", 2)];
  assert.deepEqual(run([put(first), put(other), put(second)]).acts, [other, second]);
  const submitted = submission("a", 3);
  assert.deepEqual(run([put(first), put(submitted)]).acts, [submitted]);
  const tried = run([
    put(first),
    { type: "sending", requestId: first.requestId, version: 4 },
    put(second),
  ]);
  assert.deepEqual(
    tried.acts.map(({ requestId }) => requestId),
    [first.requestId, second.requestId],
    "the one that may have arrived stays",
  );
});

test("outbox: a draft waits until its writer rests or for five seconds, a submission does not", () => {
  const one = draft("a", 10_000);
  assert.equal(nextToSend(run([put(one)]), 10_000)?.at, 10_800);
  assert.equal(nextToSend(run([put(one)]), 5500)?.at, 10_500);
  assert.equal(nextToSend(run([put(submission("a", 10_000))]), null)?.at, 0);
  assert.equal(nextToSend(run([put(one), put(submission("b", 10_001))]), null)?.at, 0);
});

test("outbox: nothing is called saved before the server has said so", () => {
  const act = submission("a", 0);
  const sending: OutboxEvent = { type: "sending", requestId: act.requestId };
  const failed = (code: "offline" | "unavailable" | "unauthenticated" | "state"): OutboxEvent => ({
    type: "failed",
    requestId: act.requestId,
    code,
    reason: "why",
    at: 1000,
  });
  const cases: readonly (readonly [readonly OutboxEvent[], string])[] = [
    [[], "nothing"],
    [[put(act)], "sending"],
    [[put(act), sending], "sending"],
    [[put(act), sending, failed("offline")], "offline"],
    [[put(act), sending, failed("unavailable")], "retrying"],
    [[put(act), sending, failed("unauthenticated")], "signed out"],
    [[put(act), sending, failed("state")], "refused"],
    [[put(act), sending, { type: "acknowledged", requestId: act.requestId, at: 5 }], "saved"],
    [[put(draft("a", 0))], "saving"],
  ];
  for (const [events, kind] of cases) assert.equal(saveStateOf(run(events)).kind, kind);
});

test("outbox: waits grow from one second to thirty, and a refusal is kept until it is discarded", () => {
  const act = submission("a", 0);
  const fail: OutboxEvent = {
    type: "failed",
    requestId: act.requestId,
    code: "offline",
    reason: "",
    at: 0,
  };
  let state = run([put(act)]);
  const waits = Array.from({ length: 7 }, () => {
    state = nextOutbox(state, fail);
    return state.retryAt;
  });
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  const refused = nextOutbox(state, { ...fail, code: "state", reason: "closed" });
  assert.deepEqual([refused.acts, refused.refused.length], [[], 1]);
  const { requestId } = act;
  assert.equal(nextOutbox(refused, { type: "discard", requestId }).refused.length, 0);
});

/** A server that keeps versions as the real one does, and can be told to fail. */
async function startServer(context: TestContext) {
  const seen: { requestId: string; version: number; note: string }[] = [];
  const answers = new Map<string, string>();
  const trouble = { lose: 0, status: 0, silent: 0 };
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const body: { requestId: string; version: number; content: { note: string } } =
      JSON.parse(text);
    if (trouble.status !== 0) {
      response.writeHead(trouble.status).end("<h1>a proxy's page</h1>");
      return;
    }
    if (!answers.has(body.requestId)) {
      seen.push({ requestId: body.requestId, version: body.version, note: body.content.note });
      const answer = { version: seen.length, savedAt: new Date().toISOString() };
      answers.set(body.requestId, JSON.stringify(answer));
    }
    if (trouble.silent > 0) {
      trouble.silent -= 1;
      // The connection stays, and nothing comes.
    } else if (trouble.lose > 0) {
      trouble.lose -= 1;
      response.destroy();
    } else response.end(answers.get(body.requestId));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return { seen, trouble, url: `http://127.0.0.1:${address.port}` };
}

function memoryStore(): ActStore & { readonly entries: Map<string, string> } {
  const entries = new Map<string, string>();
  return {
    entries,
    get length() {
      return entries.size;
    },
    key: (index) => [...entries.keys()][index] ?? null,
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => void entries.set(key, value),
    removeItem: (key) => void entries.delete(key),
  };
}

function open(
  store: ActStore,
  url: string,
  page: string,
  alive: readonly string[] = [],
  answerWithinMs = 60_000,
): Outbox {
  const client = createClient(fetch);
  return openOutbox({
    account: { login: "jansen" },
    store,
    page,
    isGone: (other) => !alive.includes(other),
    answerWithinMs,
    now: Date.now,
    async send(act, version) {
      assert.ok(act.kind === "draft");
      const body = { requestId: act.requestId, version, content: act.content };
      const saved = await client.send("PUT", `${url}/draft`, body, savedDraftSchema);
      return { kind: "draft", act, ...saved };
    },
  });
}
async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    assert.ok(tries < 500, "waited for five seconds");
    await wait(10);
  }
}

test("outbox: an answer that was lost is asked for again with the same request, and done once", async (context) => {
  const { seen, trouble, url } = await startServer(context);
  const store = memoryStore();
  const outbox = open(store, url, "one");
  context.after(outbox.close);
  trouble.lose = 1;
  outbox.put(draft("a", Date.now(), "first"));
  assert.equal(store.entries.size, 1, "kept before it is sent");
  outbox.tryNow();
  await until(() => outbox.state().trouble === "offline");
  assert.equal(store.entries.size, 1, "kept until it is acknowledged");
  outbox.put(draft("a", Date.now(), "second"));
  outbox.tryNow();
  await until(() => saveStateOf(outbox.state()).kind === "saved");
  assert.deepEqual(
    seen.map(({ version, note }) => [version, note]),
    [
      [0, "first"],
      [1, "second"],
    ],
  );
  assert.equal(store.entries.size, 0);
});

test("outbox: a server that takes a request and never answers is asked again, and does it once", async (context) => {
  const { seen, trouble, url } = await startServer(context);
  const outbox = open(memoryStore(), url, "one", [], 100);
  context.after(outbox.close);
  trouble.silent = 1;
  outbox.put(draft("a", Date.now(), "first"));
  outbox.tryNow();
  await until(() => outbox.state().trouble === "offline");
  outbox.tryNow();
  await until(() => saveStateOf(outbox.state()).kind === "saved");
  assert.deepEqual(
    seen.map(({ note }) => note),
    ["first"],
  );
});

test("outbox: what a closed page left is sent by the next one of the same account", async (context) => {
  const { seen, trouble, url } = await startServer(context);
  const store = memoryStore();
  const before = open(store, url, "one");
  trouble.status = 502;
  before.put(draft("a", Date.now(), "written before the browser ended"));
  before.tryNow();
  await until(() => before.state().trouble === "server");
  before.close();
  trouble.status = 0;
  const second = open(store, url, "two", ["one"]);
  context.after(second.close);
  assert.equal(second.state().acts.length, 0, "a page that lives keeps its own");
  store.setItem("malleolus:act:jansen:old:x", "damaged");
  const third = open(store, url, "three");
  context.after(third.close);
  await until(() => saveStateOf(third.state()).kind === "saved");
  assert.deepEqual(
    seen.map(({ note }) => note),
    ["written before the browser ended"],
  );
  assert.deepEqual([...store.entries.values()], ["damaged"]);
});
