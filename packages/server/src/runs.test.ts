/**
 * Trainings that are started in the browser: processes of their own, found again by their folders, one at a time,
 * stopped and gone on with; one that fails says its first line of why. Which process trains is a test's here.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  type FrozenData,
  type RunRow,
  runDetailSchema,
  runNewsSchema,
  runsSchema,
} from "@malleolus/schema";
import { openStudyRuns } from "./jobs/study-runs.ts";
import { openStudyWork } from "./jobs/study-work.ts";
import { type Client, setUp, testRoom } from "./test-room.ts";
import { killWork } from "./test-work.ts";

const PROGRAM = [
  process.execPath,
  fileURLToPath(new URL("./test-training-process.ts", import.meta.url)),
];
const DATASET = "0123456789ab";

/** As long as a test may take: nobody waits for its end. */
const LONG = { steps: 10_000 };

async function room(context: TestContext) {
  const started: { study?: string } = {};
  // Before the study's folder goes, which they write into.
  context.after(() => killWork(started.study ?? ""));
  const given = await testRoom(context, { program: PROGRAM });
  started.study = given.study.folder;
  const folder = join(given.study.folder, "datasets", DATASET);
  mkdirSync(folder, { recursive: true });
  const frozen: FrozenData = {
    format: "malleolus-frozen-1",
    id: DATASET,
    sha256: DATASET.repeat(5),
    at: new Date().toISOString(),
    who: "test",
    sets: { training: { sha256: "ab", images: 1, annotations: 0 }, tuning: null },
  };
  writeFileSync(join(folder, "frozen.json"), JSON.stringify(frozen));
  const administrator = await setUp(given);
  return { ...given, administrator };
}

function start(client: Client, id: string, more: object = {}) {
  const request = { requestId: randomUUID(), id, dataset: DATASET, recipe: "quick", ...more };
  return client.send("POST", "/api/runs", request);
}

const act = (client: Client, id: string, what: "stop" | "resume") =>
  client.send("POST", `/api/runs/${id}/${what}`, { requestId: randomUUID() });

async function until(client: Client, id: string, isSo: (run: RunRow) => boolean): Promise<RunRow> {
  for (let tries = 0; tries < 1500; tries++) {
    const { runs } = runsSchema.parse((await client.get("/api/runs")).json());
    const run = runs.find((one) => one.id === id);
    if (run !== undefined && isSo(run)) return run;
    assert.notEqual(run?.state, "failed", run?.failure ?? "");
    await wait(200);
  }
  throw new Error(`${id} never came so far`);
}

test("runs: started once, alone, followed, stopped, and gone on with", async (context) => {
  const { administrator, app, room: opened, study } = await room(context);
  const requestId = randomUUID();
  assert.equal((await start(administrator, "first", { ...LONG, requestId })).statusCode, 200);
  assert.equal(
    (await start(administrator, "first", { ...LONG, requestId })).statusCode,
    200,
    "tried again",
  );
  const running = await until(administrator, "first", ({ steps }) => steps > 2);
  assert.deepEqual(
    [running.state, running.recipe, running.dataset, running.who, running.stepsPlanned],
    ["running", "quick", DATASET, "admin", LONG.steps],
  );
  assert.ok(running.loss !== null && running.loss < 1);
  // A quotient of sums.
  assert.equal(Math.round(running.imagesPerSecond ?? 0), 20);
  assert.equal(
    (await start(administrator, "first", LONG)).statusCode,
    200,
    "tried again with another number, after a server that was killed before it had answered",
  );
  assert.equal((await start(administrator, "first", { steps: 9 })).statusCode, 400);
  const second = await start(administrator, "second");
  assert.deepEqual([second.statusCode, second.json().code], [409, "state"], second.body);
  assert.match(second.json().message, /first is at work/);
  // A server that has just been started finds it by its folder.
  const [found] = openStudyRuns(study, openStudyWork(study, PROGRAM)).list();
  assert.deepEqual([found.id, found.state], ["first", "running"]);

  const address = await app.listen({ port: 0, host: "127.0.0.1" });
  const headers = { ...administrator.headers, host: "localhost" };
  const answer = await fetch(`${address.replace("127.0.0.1", "localhost")}/api/runs/first/live`, {
    headers,
  });
  assert.equal(answer.headers.get("content-type"), "text/event-stream");
  const reader = answer.body?.getReader();
  let text = "";
  while (text.split("\n\n").length < 3) {
    text += Buffer.from((await reader?.read())?.value ?? []).toString();
  }
  const [first, then] = text
    .split("\n\n")
    .slice(0, 2)
    .map((part) => runNewsSchema.parse(JSON.parse(part.replace("data: ", ""))));
  assert.deepEqual([first.isAnew, then.isAnew], [true, false]);
  assert.equal(then.losses[0].step, (first.losses.at(-1)?.step ?? 0) + 1, "only what is new");
  await reader?.cancel();

  // Asked twice, it is told once: told again it would end at once.
  assert.equal((await act(administrator, "first", "stop")).statusCode, 200);
  assert.equal((await act(administrator, "first", "stop")).statusCode, 200);
  const stopped = await until(administrator, "first", ({ state }) => state === "stopped");
  const ends = readFileSync(join(study.folder, "runs", "first", "events.jsonl"), "utf8");
  assert.match(ends, /"reason":"stopped"/);
  assert.equal(stopped.canResume, true);
  const again = await act(administrator, "first", "stop");
  assert.equal(again.json().code, "state", again.body);
  const follow = opened.runs.follow("first");
  assert.equal(follow()?.losses.length, stopped.steps);
  assert.equal((await act(administrator, "first", "resume")).statusCode, 200);
  // It goes back to where its checkpoint was: to the beginning, without one.
  let news = follow();
  for (let tries = 0; tries < 1500 && news?.isAnew !== true; tries++) {
    await wait(100);
    news = follow();
  }
  assert.equal(news?.isAnew, true);

  killWork(study.folder);
  const killed = await until(administrator, "first", ({ state }) => state === "failed");
  assert.match(killed.failure ?? "", /ended without a word/);
  assert.equal(killed.canResume, true);
});

test("runs: a training that fails says why, one that ends is finished, and what makes no run is refused", async (context) => {
  const { administrator, study } = await room(context);
  await start(administrator, "fails", { seed: 13 });
  const failed = await until(administrator, "fails", ({ state }) => state !== "running");
  assert.deepEqual(
    [failed.state, failed.failure],
    ["failed", "malleolus: out of memory; take a smaller batch"],
  );
  const detail = runDetailSchema.parse((await administrator.get("/api/runs/fails")).json());
  assert.deepEqual([detail.recipe, detail.log[0]], [null, "reading radiographs"]);

  await start(administrator, "short", { steps: 3 });
  const ended = await until(administrator, "short", ({ state }) => state === "finished");
  assert.deepEqual([ended.steps, ended.stepsPlanned, ended.canResume], [3, 3, false]);
  const resumed = await act(administrator, "short", "resume");
  assert.equal(resumed.json().code, "state");

  // One that is damaged says so, and hides no other.
  const damaged = join(study.folder, "runs", "damaged");
  mkdirSync(damaged);
  writeFileSync(join(damaged, "recipe.json"), "{");
  const { runs } = runsSchema.parse((await administrator.get("/api/runs")).json());
  assert.equal(runs.find(({ id }) => id === "short")?.state, "finished");
  const told = runs.find(({ id }) => id === "damaged");
  assert.equal(told?.state, "failed");
  assert.match(told?.failure ?? "", /recipe\.json/);
  rmSync(damaged, { recursive: true });

  for (const [id, more, expected] of [
    ["short", {}, /There is a run short already/],
    ["../up", {}, /small letters/],
    ["other", { recipe: "magic" }, /no recipe magic/],
    ["other", { dataset: "f".repeat(12) }, /no frozen data set/],
  ] as const) {
    const refused = await start(administrator, id, more);
    assert.ok(refused.statusCode >= 400, id);
    assert.match(refused.json().message, expected);
  }
  assert.equal((await administrator.get("/api/runs/nothing")).statusCode, 404);
});

test("runs: a server that was not told how starts none", async (context) => {
  const given = await testRoom(context);
  const administrator = await setUp(given);
  const { canStart, recipes } = runsSchema.parse((await administrator.get("/api/runs")).json());
  assert.equal(canStart, false);
  assert.ok(recipes.length > 5);
  assert.match((await start(administrator, "first")).json().message, /starts no jobs/);
});
