/**
 * Jobs besides trainings that are started in the browser: processes of their own, found again by their folders and
 * locks, alone where a network is asked, stopped and gone on with. Which process works is a test's here.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { runProcess } from "@malleolus/runs";
import { type JobRow, jobDetailSchema, jobRowSchema, jobsSchema } from "@malleolus/schema";
import { z } from "zod";
import { openStudyJobs } from "./jobs/study-jobs.ts";
import { openStudyWork } from "./jobs/study-work.ts";
import { type Client, setUp, testRoom } from "./test-room.ts";
import { killWork } from "./test-work.ts";

const PROGRAM = [
  process.execPath,
  fileURLToPath(new URL("./test-training-process.ts", import.meta.url)),
];

async function room(context: TestContext) {
  const started: { study?: string } = {};
  // Before the study's folder goes, which they write into.
  context.after(() => killWork(started.study ?? ""));
  const given = await testRoom(context, { program: PROGRAM });
  started.study = given.study.folder;
  return { ...given, administrator: await setUp(given) };
}

const start = (client: Client, kind: string, more: object = {}) =>
  client.send("POST", "/api/jobs", { requestId: randomUUID(), kind, ...more });

const act = (client: Client, id: string, what: "stop" | "resume") =>
  client.send("POST", `/api/jobs/${id}/${what}`, { requestId: randomUUID() });

async function until(client: Client, id: string, isSo: (job: JobRow) => boolean): Promise<JobRow> {
  for (let tries = 0; tries < 1500; tries++) {
    const { jobs } = jobsSchema.parse((await client.get("/api/jobs")).json());
    const job = jobs.find((one) => one.id === id);
    if (job !== undefined && isSo(job)) return job;
    await wait(100);
  }
  throw new Error(`${id} never came so far`);
}

test("jobs: started once, alone, stopped, gone on with to the end, and found again when only the lock tells", async (context) => {
  const { administrator, study } = await room(context);
  const requestId = randomUUID();
  const { id } = jobRowSchema.parse((await start(administrator, "prelabel", { requestId })).json());
  const again = jobRowSchema.parse((await start(administrator, "prelabel", { requestId })).json());
  assert.equal(again.id, id, "tried again");
  const running = await until(administrator, id, ({ progress }) => (progress?.done ?? 0) > 0);
  assert.deepEqual(
    [running.kind, running.state, running.who, running.progress?.of, running.said],
    ["prelabel", "running", "admin", 100, null],
  );
  const second = await start(administrator, "report");
  assert.deepEqual([second.statusCode, second.json().code], [409, "state"], second.body);
  assert.match(second.json().message, new RegExp(`${id} is at work`));
  // What is done in a moment waits for no network.
  const quick = jobRowSchema.parse(
    (await start(administrator, "select", { strategy: "hard" })).json(),
  );

  // The shell that started it is gone: the lock says that it works.
  const path = join(study.folder, "jobs", id);
  const { process: shell } = z
    .object({ process: z.object({ pid: z.number() }) })
    .parse(JSON.parse(readFileSync(join(path, "job", "job.json"), "utf8")));
  process.kill(shell.pid, "SIGKILL");
  assert.ok(runProcess(path) !== null && runProcess(path) !== shell.pid);
  const found = openStudyJobs(study, openStudyWork(study, PROGRAM)).list();
  assert.equal(found.find((one) => one.id === id)?.state, "running", "by a server just started");
  assert.equal((await act(administrator, id, "stop")).statusCode, 200);
  const stopped = await until(administrator, id, ({ state }) => state !== "running");
  assert.deepEqual([stopped.state, stopped.canResume, stopped.said], ["stopped", true, null]);
  assert.match((await act(administrator, id, "stop")).json().message, /is not at work: it is stop/);
  assert.equal((await act(administrator, id, "resume")).statusCode, 200);
  const ended = await until(administrator, id, ({ state }) => state === "finished");
  assert.deepEqual(
    [ended.said, ended.report, ended.canResume],
    ["prelabel: all is said", null, false],
  );
  assert.equal((await act(administrator, id, "resume")).json().code, "state");
  assert.equal(
    (await until(administrator, quick.id, ({ state }) => state === "finished")).kind,
    "select",
  );
});

test("jobs: one that is killed says so and goes on, and what makes no job is refused", async (context) => {
  const { administrator, study } = await room(context);
  mkdirSync(join(study.folder, "runs", "mine"), { recursive: true });
  const given = { run: "mine", title: "Our tests" };
  const { id } = jobRowSchema.parse((await start(administrator, "report", given)).json());
  await until(administrator, id, ({ progress }) => (progress?.done ?? 0) > 0);
  killWork(study.folder);
  const killed = await until(administrator, id, ({ state }) => state !== "running");
  assert.deepEqual([killed.state, killed.canResume], ["failed", true]);
  assert.match(killed.failure ?? "", /ended without a word/);
  assert.equal((await act(administrator, id, "resume")).statusCode, 200);
  const ended = await until(administrator, id, ({ state }) => state === "finished");
  assert.equal(ended.report, "abc123");
  const { log } = jobDetailSchema.parse((await administrator.get(`/api/jobs/${id}`)).json());
  assert.deepEqual(log, []);
  const { args } = z
    .object({ args: z.array(z.string()) })
    .parse(JSON.parse(readFileSync(join(study.folder, "jobs", id, "job", "job.json"), "utf8")));
  assert.deepEqual(
    [args[0], args[args.indexOf("--title") + 1], args[args.indexOf("--checkpoint") + 1]],
    ["report", "Our tests", join(study.folder, "runs", "mine")],
  );
  for (const [kind, more, expected] of [
    ["train", {}, /expected 'prelabel' \| 'select' \| 'report'|kind/i],
    ["report", { run: "nothing" }, /There is no run nothing/],
    ["report", { run: "../up" }, /small letters/],
    ["select", { strategy: "magic" }, /strategy/],
  ] as const) {
    const refused = await start(administrator, kind, more);
    assert.ok(refused.statusCode === 400, `${kind} ${refused.body}`);
    assert.match(refused.json().message, expected);
  }
  assert.equal((await administrator.get("/api/jobs/nothing")).statusCode, 404);
  assert.ok(existsSync(join(study.folder, "jobs", id, "record.json")));
});
