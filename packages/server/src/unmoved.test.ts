/**
 * Blinding, in its strictest form: what others say, draw, decide and ask for changes no byte of what somebody who reads
 * or draws gets, in no list, count, order, time or error. Canaries (`blinding.test.ts`) find words; this finds the rest.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import {
  accessSchema,
  annotatingCaseSchema,
  caseSchema,
  emptyAnnotation,
  queuesSchema,
  worklistSchema,
} from "@malleolus/schema";
import { createRound, type Study, storeProposals, submitReading } from "@malleolus/studies";
import { codeOf, imageId, OBSERVERS, reading } from "@malleolus/studies/test-people";
import { z } from "zod";
import {
  type Answer,
  addDrawableCases,
  addReadableCases,
  type Client,
  joinRoom,
  setUp,
  type TestRoom,
  testRoom,
} from "./test-room.ts";

const READ = ["read-1", "read-2", "read-3"];
const DRAWN = ["drawn-1", "drawn-2"];
const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ "x-access": accessSchema }))),
});

test("blinding: what others say, draw, decide and ask for changes no byte of what somebody gets", async (context) => {
  const given = await testRoom(context);
  const { study } = given;
  await addReadableCases(study, READ);
  await addDrawableCases(study, DRAWN);
  await openRound(study, ["observer-1", "surgeon-1"]);
  const administrator = await setUp(given);
  const { paths } = documentSchema.parse((await administrator.get("/api/openapi.json")).json());
  const people = ["observer-1", "surgeon-1", "annotator-1"];
  const clients = await Promise.all(
    people.map(async (person) => joinRoom(given, administrator, { person })),
  );
  const before = await Promise.all(clients.map((one) => everything(one, Object.keys(paths))));
  await othersAct(given, administrator);
  const after = await Promise.all(clients.map((one) => everything(one, Object.keys(paths))));
  for (const [index, person] of people.entries()) {
    const answers = [...before[index]];
    assert.ok(answers.length > 60, `${answers.length} answers for ${person}`);
    for (const [url, told] of answers) assert.equal(after[index].get(url), told, person);
    assert.deepEqual([...after[index].keys()], [...before[index].keys()], person);
  }
  const progress = await administrator.get("/api/progress");
  assert.match(progress.body, /"done":3/, "others have acted");
});

test("blinding: a case that all others have read answers as one that nobody has", async (context) => {
  const given = await testRoom(context);
  const { study } = given;
  await addReadableCases(study, READ);
  const [, second, third] = OBSERVERS;
  const [untouched, agreed, leftOut] = READ;
  for (const reader of [second, third]) {
    await submitReading(study, reading(agreed, reader, "weber_b"));
    await submitReading(study, reading(leftOut, reader, "-cast"));
  }
  const administrator = await setUp(given);
  const reader = await joinRoom(given, administrator, { person: OBSERVERS[0] });
  const told = [];
  for (const caseId of [untouched, agreed, leftOut]) {
    told.push(await actsOn(reader, await codeOf(study, OBSERVERS[0], caseId)));
  }
  assert.ok(told[0].some((one) => one.startsWith("200")) && told[0].some((one) => /^4/.test(one)));
  assert.deepEqual(told[1], told[0], "all others agree");
  assert.deepEqual(told[2], told[0], "all others leave it out");
});

test("blinding: no answer counts requests, which would tell how busy others are", async (context) => {
  const given = await testRoom(context);
  const administrator = await setUp(given);
  const reader = await joinRoom(given, administrator, { person: OBSERVERS[0] });
  const { request } = (await reader.get("/api/cases/aaaaaaaaaaaa")).json();
  assert.match(request, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

async function openRound(study: Study, people: string[]): Promise<void> {
  const round = { name: "Again", people, repeatShare: 0.5, washoutDays: 30, seed: 1 };
  await createRound(study, round, { who: "test", at: new Date().toISOString() });
}

/** All that others can do in a day: they read, draw, comment, are reported on, and are invited. */
async function othersAct(given: TestRoom, administrator: Client): Promise<void> {
  const { study } = given;
  const [, second, third] = OBSERVERS;
  for (const caseId of READ) {
    await submitReading(study, { ...reading(caseId, second, "weber_a"), note: "seen" });
    await submitReading(study, reading(caseId, third, "-cast"));
    const [at, who] = [new Date().toISOString(), "test"];
    const report = { id: `report ${caseId}`, case_id: caseId, text: "a fracture", at, who };
    await study.database.insertInto("reports").values(report).execute();
    const prelabel = {
      image: imageId(caseId, "ap"),
      model: { sha256: "c0".repeat(32), name: "model", version: "1" },
      isLowerLeg: true,
      shapes: [
        { structure: "fibula", polygons: [[10, 10, 20, 10, 20, 20]], line: null, score: 0.8 },
      ],
      probabilities: null,
      flippedProbabilities: null,
      segmentation: null,
      view: null,
      side: null,
    };
    await storeProposals(study, [prelabel], "test");
  }
  const other = await joinRoom(given, administrator, { person: "annotator-2" });
  await drawAll(other);
  await openRound(study, [second, third]);
  const researcher = await joinRoom(given, administrator, { roles: ["researcher"] });
  for (const url of ["/api/verdicts", "/api/datasets"]) {
    await researcher.send("POST", url, { requestId: randomUUID() });
  }
  const reader = await joinRoom(given, administrator, { person: second });
  const code = await codeOf(study, second, READ[0]);
  const request = { requestId: randomUUID(), reason: "a slip" };
  const asked = await reader.send("POST", `/api/cases/${code}/reopening`, request);
  assert.equal(asked.statusCode, 200, asked.body);
}

async function drawAll(client: Client): Promise<void> {
  const list = worklistSchema.parse((await client.get("/api/worklist?queue=annotation")).json());
  for (const { code } of list.entries) {
    const url = `/api/annotating/${code}`;
    const { images } = annotatingCaseSchema.parse((await client.get(url)).json());
    const visibility = Object.fromEntries(images.map(({ id }) => [id, "impossible" as const]));
    const content = { ...emptyAnnotation, visibility };
    const comment = { image: images[0].id, x: 5, y: 5, text: "here", requestId: randomUUID() };
    assert.equal((await client.send("POST", `${url}/threads`, comment)).statusCode, 200);
    const body = { requestId: randomUUID(), version: 0, content };
    assert.equal((await client.send("POST", `${url}/submission`, body)).statusCode, 200);
  }
}

/** What each address answers, as one text: status, headers and body. */
async function everything(client: Client, paths: readonly string[]): Promise<Map<string, string>> {
  const told = new Map<string, string>();
  const get = async (url: string) => {
    const answer = await client.get(url);
    told.set(url, textOf(answer));
    return answer;
  };
  const queues = queuesSchema.safeParse((await get("/api/queues")).json());
  const codes: string[] = [];
  for (const { key } of queues.data?.queues ?? []) {
    for (const status of ["left", "new", "draft", "done"]) {
      const list = (await get(`/api/worklist?queue=${key}&status=${status}`)).json();
      codes.push(...worklistSchema.parse(list).entries.map(({ code }) => code));
    }
  }
  for (const code of new Set(codes)) {
    for (const kind of ["cases", "annotating", "reviews", "settling", "deciding"]) {
      const url = `/api/${kind}/${code}`;
      const found = caseImagesSchema.safeParse((await get(url)).json());
      for (const { id } of found.data?.images ?? []) await get(`${url}/images/${id}/half`);
      if (kind === "annotating") await get(`${url}/offers`);
    }
  }
  for (const path of paths) {
    const url = path
      .replace("{code}", "0".repeat(12))
      .replace("{image}", "0".repeat(32))
      .replace("{size}", "full")
      .replace(/\{\w+\}/g, "1");
    await get(url);
  }
  return told;
}

const caseImagesSchema = z.object({ images: z.array(z.object({ id: z.string() })) });

function textOf({ statusCode, headers, rawPayload }: Answer): string {
  const { date: _, "set-cookie": _cookie, ...all } = headers;
  const kept = Object.entries(all).filter(([name]) => !name.startsWith("x-ratelimit"));
  const body = rawPayload.toString("latin1").replace(/"request":"[^"]*"/, "");
  return `${statusCode} ${JSON.stringify(kept)} ${body}`;
}

/** Everything that a reader does with a case, rightly and wrongly; without what is this case's alone. */
async function actsOn(reader: Client, code: string): Promise<string[]> {
  const url = `/api/cases/${code}`;
  const sure = { decision: { kind: "class", id: "no_fracture" }, certainty: 3 };
  const weber = { decision: { kind: "class", id: "weber_b" }, certainty: 3 };
  const acts = [
    ["PUT", "draft", { version: 0, content: { note: "own" } }],
    ["PUT", "draft", { version: 7, content: {} }],
    ["POST", "reading", { content: {} }],
    ["POST", "reading", { content: sure }],
    ["POST", "reading", { content: weber }],
    ["POST", "withdraw", {}],
    ["POST", "withdraw", {}],
    ["POST", "reading", { content: weber }],
    ["POST", "reading", { content: weber }],
    ["POST", "reopening", { reason: "own" }],
  ] as const;
  const told: string[] = [];
  const keep = ({ statusCode, body }: Answer) => told.push(`${statusCode} ${withoutOwn(body)}`);
  keep(await reader.get(url));
  for (const [method, what, body] of acts) {
    keep(await reader.send(method, `${url}/${what}`, { requestId: randomUUID(), ...body }));
    const answer = await reader.get(url);
    keep(answer);
    assert.equal(caseSchema.safeParse(answer.json()).success, true);
  }
  return told;
}

function withoutOwn(body: string): string {
  return body
    .replaceAll(/"(code|label|next|previous|request)":("[^"]*"|null)/g, "")
    .replaceAll(/"place":\d+/g, "")
    .replaceAll(/[0-9a-f]{32}/g, "")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "");
}
