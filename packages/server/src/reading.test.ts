import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { zstdDecompressSync } from "node:zlib";
import { decodeLevels } from "@malleolus/imaging";
import { caseSchema, queuesSchema, worklistSchema } from "@malleolus/schema";
import { OBSERVERS } from "@malleolus/studies/test-people";
import { addReadableCases, type Client, joinRoom, setUp, testRoom } from "./test-room.ts";

const IDS = Array.from({ length: 5 }, (_, index) => `case-${index}`);

async function observer(context: Parameters<typeof testRoom>[0]) {
  const given = await testRoom(context);
  await addReadableCases(given.study, IDS);
  const administrator = await setUp(given);
  const [person] = OBSERVERS;
  return { ...given, administrator, reader: await joinRoom(given, administrator, { person }) };
}

async function openFirst(reader: Client) {
  const list = worklistSchema.parse((await reader.get("/api/worklist?queue=curation")).json());
  const { code } = list.entries[0];
  const found = caseSchema.parse((await reader.get(`/api/cases/${code}`)).json());
  return { code, url: `/api/cases/${code}`, found };
}

const CLASS_B = { decision: { kind: "class", id: "weber_b" }, certainty: 4 };

test("reading: from the worklist to a submitted reading, and the next case", async (context) => {
  const { reader, study } = await observer(context);
  const { queues } = queuesSchema.parse((await reader.get("/api/queues")).json());
  assert.deepEqual(
    queues.map(({ key, done, left, later, drafts }) => [key, done, left, later, drafts]),
    [["curation", 0, 5, 0, 0]],
  );
  const { url, found } = await openFirst(reader);
  assert.deepEqual([found.place, found.of, found.state, found.previous], [1, 5, "new", null]);
  assert.deepEqual(
    found.images.map(({ view }) => view),
    ["ap", "mortise", "lateral"],
  );
  const [ap] = found.images;
  const content = {
    ...CLASS_B,
    note: "seen well",
    seconds: 12.5,
    visibility: { [ap.id]: "difficult" },
    measurements: [
      {
        image: ap.id,
        rule: "medial-clear-space",
        form: "length",
        points: [
          [1, 1],
          [4, 5],
        ],
      },
    ],
    conditions: { screenWidth: 1920, screenHeight: 1200, pixelRatio: 1 },
  };
  const submitted = await reader.send("POST", `${url}/reading`, {
    requestId: randomUUID(),
    content,
  });
  assert.equal(submitted.statusCode, 200, submitted.body);
  assert.equal(submitted.json().next, found.next);
  const again = caseSchema.parse((await reader.get(url)).json());
  assert.equal(again.state, "submitted");
  assert.deepEqual(again.submitted?.content, content);
  const row = await study.database.selectFrom("readings").selectAll().executeTakeFirstOrThrow();
  assert.equal(row.certainty, 4);
  assert.match(row.measurements ?? "", /[0-9a-f]{64}/);
});

test("reading: a case is not submitted without its decision, nor a class without its certainty", async (context) => {
  const { reader } = await observer(context);
  const { url } = await openFirst(reader);
  const submit = (content: object) =>
    reader.send("POST", `${url}/reading`, { requestId: randomUUID(), content });
  const { certainty: _, ...unsure } = CLASS_B;
  for (const content of [{}, unsure, { ...CLASS_B, decision: { kind: "class", id: "weber_z" } }]) {
    const refused = await submit(content);
    assert.equal(refused.statusCode, 400, refused.body);
    assert.equal(refused.json().code, "invalid");
  }
  const cast = await submit({ decision: { kind: "exclusion", id: "cast" } });
  assert.equal(cast.statusCode, 200, cast.body);
});

test("reading: a draft is saved once however often it is sent, and never over a newer one", async (context) => {
  const { reader } = await observer(context);
  const { url } = await openFirst(reader);
  const first = { requestId: randomUUID(), version: 0, content: { note: "first" } };
  const saved = await reader.send("PUT", `${url}/draft`, first);
  assert.equal(saved.json().version, 1, saved.body);
  assert.deepEqual((await reader.send("PUT", `${url}/draft`, first)).json(), saved.json());
  const stale = { requestId: randomUUID(), version: 0, content: { note: "elsewhere" } };
  const refused = await reader.send("PUT", `${url}/draft`, stale);
  assert.deepEqual([refused.statusCode, refused.json().code], [409, "stale"]);
  const next = { requestId: randomUUID(), version: 1, content: { note: "second" } };
  assert.equal((await reader.send("PUT", `${url}/draft`, next)).json().version, 2);
  const { draft, state } = caseSchema.parse((await reader.get(url)).json());
  assert.deepEqual([state, draft?.version, draft?.content], ["draft", 2, { note: "second" }]);
  const drafts = worklistSchema.parse(
    (await reader.get("/api/worklist?queue=curation&status=draft")).json(),
  );
  assert.equal(drafts.entries.length, 1);
});

test("reading: submitted is withdrawn within its seconds, is the draft again, and later can only be asked for", async (context) => {
  const { reader, study } = await observer(context);
  const { url } = await openFirst(reader);
  const submit = () =>
    reader.send("POST", `${url}/reading`, { requestId: randomUUID(), content: CLASS_B });
  await submit();
  assert.deepEqual((await submit()).json().code, "state");
  const taken = await reader.send("POST", `${url}/withdraw`, { requestId: randomUUID() });
  assert.equal(taken.statusCode, 200, taken.body);
  assert.deepEqual(taken.json().draft.content, CLASS_B);
  assert.equal((await submit()).statusCode, 200);
  await study.database.updateTable("readings").set({ at: "2026-01-01T00:00:00.000Z" }).execute();
  const late = await reader.send("POST", `${url}/withdraw`, { requestId: randomUUID() });
  assert.deepEqual([late.statusCode, late.json().code], [409, "state"]);
  const asked = await reader.send("POST", `${url}/reopening`, {
    requestId: randomUUID(),
    reason: "a slip",
  });
  assert.equal(asked.statusCode, 200, asked.body);
  const { submitted } = caseSchema.parse((await reader.get(url)).json());
  assert.equal(submitted?.reopeningAskedAt, asked.json().at);
});

test("reading: a radiograph comes whole and half, packed as the browser reads it, for its reader alone", async (context) => {
  const given = await observer(context);
  const { reader, app, administrator } = given;
  const { url, found } = await openFirst(reader);
  const image = `${url}/images/${found.images[0].id}`;
  const answer = await app.inject({
    url: `${image}/full`,
    headers: { ...reader.headers, "accept-encoding": "gzip, zstd" },
  });
  assert.equal(answer.statusCode, 200, answer.body);
  assert.equal(answer.headers["content-encoding"], "zstd");
  assert.match(String(answer.headers["cache-control"]), /private.*immutable/);
  assert.match(String(answer.headers.vary), /cookie/);
  const { levels, top } = decodeLevels(zstdDecompressSync(answer.rawPayload));
  assert.deepEqual([[...levels], top], [[0, 100, 2000, 4095], 4095]);
  const half = await app.inject({ url: `${image}/half`, headers: reader.headers });
  assert.equal(half.headers["content-encoding"], "identity");
  assert.deepEqual([...decodeLevels(half.rawPayload).levels], [1549]);
  const [, second] = OBSERVERS;
  const other = await joinRoom(given, administrator, { person: second });
  assert.equal((await other.get(`${image}/full`)).statusCode, 404);
  assert.equal((await other.get(url)).statusCode, 404);
});

test("reading: nobody can tell which codes of two readers are the same case, and orders differ", async (context) => {
  const given = await observer(context);
  const [, second] = OBSERVERS;
  const other = await joinRoom(given, given.administrator, { person: second });
  const codesOf = async (client: Client) => {
    const { entries } = worklistSchema.parse(
      (await client.get("/api/worklist?queue=curation")).json(),
    );
    return entries.map(({ code }) => code);
  };
  const [mine, theirs] = [await codesOf(given.reader), await codesOf(other)];
  assert.equal(new Set([...mine, ...theirs]).size, 10);
});
