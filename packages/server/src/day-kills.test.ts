/**
 * A study's day over HTTP, whose server, trainings and jobs are killed at seeded moments: three observers read and
 * differ, a senior decides, what agrees is closed, two annotators draw, a senior settles, a data set is frozen, a network
 * is trained, one looks at all radiographs. Nothing that was acknowledged is lost, everything is there once, what works
 * is found again, and the day goes on to its end. `MALLEOLUS_KILL_SEEDS=1,2,3` takes other seeds.
 */
import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import {
  type AnnotatingCase,
  annotatingCaseSchema,
  annotationSubmittedSchema,
  caseSchema,
  closedAgreedSchema,
  type DrawnShape,
  decidingCaseSchema,
  decidingListSchema,
  emptyAnnotation,
  frozenDataSchema,
  jobRowSchema,
  jobsSchema,
  runRowSchema,
  runsSchema,
  savedDraftSchema,
  settledAgreedSchema,
  submittedSchema,
  worklistSchema,
} from "@malleolus/schema";
import { assignAnnotators, assignTraining, type Study } from "@malleolus/studies";
import { ANNOTATORS, OBSERVERS, studyWithPeople } from "@malleolus/studies/test-people";
import { z } from "zod";
import { addReadableCases, signedIn } from "./test-room.ts";
import { type Running, startProcess } from "./test-savers.ts";
import { killWork } from "./test-work.ts";

const SEEDS = (process.env.MALLEOLUS_KILL_SEEDS ?? "1").split(",");
const CASES = ["case-1", "case-2", "case-3", "case-4"];
/** From one kill to the next: acts that are acknowledged, or time in which nothing is, and a moment more. */
const ACTS = { least: 2, most: 16 };
const QUIET_MS = 3000;
const MOMENT_MS = 200;
const STEPS = 60;

type Headers = Readonly<Record<string, string>>;

/** The server that there is now, and what became of those before. */
interface Room {
  readonly study: Study;
  running: Running;
  acknowledged: number;
  /** Requests that were sent again. */
  again: number;
  serverKills: number;
  workKills: number;
  isOver: boolean;
  /** Why the server could not be started again. */
  failure: unknown;
}

for (const seed of SEEDS) {
  test(`day: whatever is killed, nothing acknowledged is lost and the day goes on; seed ${seed}`, async (context) => {
    const study = await studyWithPeople(context);
    context.after(() => {
      room.isOver = true;
      killWork(study.folder);
    });
    await addReadableCases(study, CASES);
    const administrator = await signedIn(study, { name: "Ada", roles: ["administrator"] });
    const senior = await signedIn(study, "senior");
    const readers: Headers[] = [];
    for (const person of [...OBSERVERS, ...ANNOTATORS]) readers.push(await signedIn(study, person));
    const room: Room = {
      study,
      running: await startProcess(context, study.folder),
      acknowledged: 0,
      again: 0,
      serverKills: 0,
      workKills: 0,
      isOver: false,
      failure: null,
    };
    const killing = killOften(context, room, seed);
    killing.catch((error: unknown) => {
      room.failure = error;
    });
    const observers = readers.slice(0, OBSERVERS.length);
    await Promise.all(observers.map((reader, seat) => readAll(room, reader, seat)));
    await decide(room, senior);
    await send(room, administrator, "POST", "/api/verdicts", {}, closedAgreedSchema);
    await assign(study);
    await Promise.all(readers.slice(OBSERVERS.length).map((one) => drawAll(room, one)));
    await send(room, senior, "POST", "/api/settling/agreed", {}, settledAgreedSchema);
    const frozen = await send(room, administrator, "POST", "/api/datasets", {}, frozenDataSchema);
    await train(room, administrator, frozen.id);
    const job = await lookAtAll(room, administrator);
    room.isOver = true;
    await killing;

    await assertWhole(room, frozen.id);
    const { jobs } = await ask(room, administrator, "/api/jobs", jobsSchema);
    assert.deepEqual(
      jobs.map(({ id, state }) => [id, state]),
      [[job, "finished"]],
    );
    const { acknowledged, again, serverKills, workKills } = room;
    context.diagnostic(
      `${acknowledged} acts acknowledged, ${again} sent again; ${serverKills} kills of the server, ` +
        `${workKills} of a training or a job`,
    );
    assert.ok(serverKills > 0, "the server was killed");
    assert.ok(workKills > 0, "a training or a job was killed");
  });
}

/** From 0 to 1, by the seed alone. */
function share(seed: string, what: string): number {
  return createHash("sha256").update(`${seed} ${what}`).digest().readUInt32BE(0) / 2 ** 32;
}

async function killOften(
  context: Parameters<typeof startProcess>[0],
  room: Room,
  seed: string,
): Promise<void> {
  for (let kill = 0; !room.isOver; kill++) {
    const acts = ACTS.least + share(seed, `acts ${kill}`) * (ACTS.most - ACTS.least);
    const [before, until] = [room.acknowledged, Date.now() + QUIET_MS * (1 + acts / ACTS.most)];
    while (!room.isOver && room.acknowledged < before + acts && Date.now() < until) await wait(5);
    await wait(share(seed, `moment ${kill}`) * MOMENT_MS);
    const what = share(seed, `what ${kill}`);
    if (what > 0.4) room.workKills += Math.min(1, killWork(room.study.folder));
    if (what < 0.7 && !room.isOver) {
      room.serverKills += 1;
      const { child } = room.running;
      child.kill("SIGKILL");
      await once(child, "close");
      room.running = await startProcess(context, room.study.folder);
    }
  }
}

/** As a browser does: an answer that does not come is asked for again, by the same number, until it does. */
async function fetched(room: Room, path: string, init: RequestInit): Promise<unknown> {
  const end = Date.now() + 120_000;
  for (let tries = 0; ; tries++) {
    try {
      const answer = await fetch(`${room.running.address}${path}`, init);
      const body: unknown = await answer.json();
      assert.equal(answer.status, 200, `${path}: ${JSON.stringify(body)}`);
      if (tries > 0) room.again += 1;
      return body;
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      if (room.failure !== null) throw room.failure;
      assert.ok(Date.now() < end, `${path}: no answer comes`);
      await wait(50);
    }
  }
}

async function ask<T>(room: Room, headers: Headers, path: string, schema: z.ZodType<T>) {
  return schema.parse(await fetched(room, path, { headers }));
}

async function send<T>(
  room: Room,
  headers: Headers,
  method: "POST" | "PUT",
  path: string,
  body: object,
  schema: z.ZodType<T>,
): Promise<T> {
  const whole = JSON.stringify({ requestId: randomUUID(), ...body });
  const answer = schema.parse(await fetched(room, path, { method, headers, body: whole }));
  room.acknowledged += 1;
  return answer;
}

/** All agree on weber_b, but for the last on one case. */
async function readAll(room: Room, reader: Headers, seat: number): Promise<void> {
  const url = "/api/worklist?queue=curation";
  const { entries } = await ask(room, reader, url, worklistSchema);
  for (const { code } of entries) {
    const path = `/api/cases/${code}`;
    const found = await ask(room, reader, path, caseSchema);
    const differs = seat === 2 && found.place === 1;
    const content = {
      decision: { kind: "class", id: differs ? "weber_a" : "weber_b" },
      certainty: 4,
      note: `read by ${seat}`,
    };
    const draft = { version: 0, content };
    const saved = await send(room, reader, "PUT", `${path}/draft`, draft, savedDraftSchema);
    assert.equal(saved.version, 1, "saved once");
    await send(room, reader, "POST", `${path}/reading`, { content }, submittedSchema);
  }
}

async function decide(room: Room, senior: Headers): Promise<void> {
  const { entries } = await ask(room, senior, "/api/deciding", decidingListSchema);
  assert.equal(entries.length, 1);
  const path = `/api/deciding/${entries[0].code}`;
  const decision = { kind: "class", id: "weber_b" };
  const own = { decision, seconds: 9 };
  await send(room, senior, "POST", `${path}/own-view`, own, decidingCaseSchema);
  const verdict = { decision, reason: "It begins at the plafond." };
  await send(room, senior, "POST", `${path}/decision`, verdict, z.unknown());
}

/** What is not clicked in the browser's day either. */
async function assign(study: Study): Promise<void> {
  Object.assign(study.protocol.splits, {
    preliminary: { fracture: 0, noFracture: 0 },
    training: { fracture: CASES.length * 3, noFracture: 0 },
    tuningShare: 0,
    internalTestPatientsPerClass: 0,
    internalTestReservePerClass: 0,
    externalTestPatients: 0,
  });
  await assignTraining(study, { who: "test" });
  await assignAnnotators(study);
}

async function drawAll(room: Room, annotator: Headers): Promise<void> {
  const url = "/api/worklist?queue=annotation";
  const { entries } = await ask(room, annotator, url, worklistSchema);
  assert.equal(entries.length, CASES.length);
  for (const { code } of entries) {
    const path = `/api/annotating/${code}`;
    const content = drawn(await ask(room, annotator, path, annotatingCaseSchema));
    const draft = { version: 0, content };
    await send(room, annotator, "PUT", `${path}/draft`, draft, savedDraftSchema);
    const submission = { version: 1, content };
    await send(
      room,
      annotator,
      "POST",
      `${path}/submission`,
      submission,
      annotationSubmittedSchema,
    );
  }
}

function drawn({ images }: AnnotatingCase): object {
  const structures = [
    { structure: "fibula", points: [10, 10, 50, 10, 50, 50, 10, 50] },
    { structure: "fracture", points: [20, 20, 40, 20, 40, 30, 20, 30] },
  ];
  const shapes: DrawnShape[] = images.flatMap(({ id }, place) =>
    structures.map(({ structure, points }, index) => ({
      id: `${structure}-${place}`,
      image: id,
      structure,
      form: "polygon",
      points,
      widthMm: null,
      order: index + 1,
      locked: false,
      doubtful: false,
      parents: [],
      offer: null,
    })),
  );
  const visibility = Object.fromEntries(images.map(({ id }) => [id, "easy"]));
  return { ...emptyAnnotation, shapes, visibility };
}

/** Whatever ended it, it goes on until all its steps are done. */
async function train(room: Room, administrator: Headers, dataset: string): Promise<void> {
  const request = { id: "first", dataset, recipe: "quick", steps: STEPS };
  await send(room, administrator, "POST", "/api/runs", request, runRowSchema);
  // Once at least, whatever the seed's moments hit.
  await wait(share("training", "first kill") * STEPS * 5);
  room.workKills += Math.min(1, killWork(room.study.folder));
  await toItsEnd(room, administrator, "/api/runs/first", async () => {
    const { runs } = await ask(room, administrator, "/api/runs", runsSchema);
    assert.equal(runs.length, 1, "found again, and alone");
    return runs[0];
  });
}

async function lookAtAll(room: Room, administrator: Headers): Promise<string> {
  const request = { kind: "prelabel" };
  const { id } = await send(room, administrator, "POST", "/api/jobs", request, jobRowSchema);
  await toItsEnd(room, administrator, `/api/jobs/${id}`, async () => {
    const { jobs } = await ask(room, administrator, "/api/jobs", jobsSchema);
    assert.equal(jobs.length, 1, "found again, and alone");
    return jobs[0];
  });
  return id;
}

async function toItsEnd(
  room: Room,
  administrator: Headers,
  path: string,
  look: () => Promise<{ readonly state: string; readonly canResume: boolean }>,
): Promise<void> {
  const end = Date.now() + 180_000;
  for (;;) {
    const { state, canResume } = await look();
    if (state === "finished") return;
    assert.ok(Date.now() < end, `${path} never ended`);
    if (state === "failed") {
      assert.ok(canResume, "one that was killed can go on");
      await send(room, administrator, "POST", `${path}/resume`, {}, z.unknown());
    }
    await wait(100);
  }
}

/** In the database and on the disk: everything once. */
async function assertWhole({ study }: Room, dataset: string): Promise<void> {
  const { database, folder } = study;
  const readings = await database
    .selectFrom("readings")
    .select(["case_id", "reader", "decision_id", "note"])
    .where("panel", "=", "curation")
    .execute();
  const each = readings.map(({ case_id, reader }) => `${case_id} ${reader}`);
  assert.equal(new Set(each).size, each.length, "once");
  assert.equal(each.length, CASES.length * OBSERVERS.length);
  assert.equal(readings.filter(({ decision_id }) => decision_id === "weber_a").length, 1);
  const verdicts = await database.selectFrom("verdicts").select(["case_id", "how"]).execute();
  assert.deepEqual(verdicts.map(({ how }) => how).toSorted(), [
    "adjudicated",
    "agreed",
    "agreed",
    "agreed",
  ]);
  const annotations = await database.selectFrom("annotations").select("author").execute();
  assert.equal(annotations.length, CASES.length * 3 * ANNOTATORS.length, "each drawing once");
  const truths = await database.selectFrom("image_truths").select("image_sha256").execute();
  assert.equal(truths.length, CASES.length * 3);
  const kept = readFileSync(join(folder, "datasets", dataset, "frozen.json"), "utf8");
  assert.equal(frozenDataSchema.parse(JSON.parse(kept)).sets.training?.images, CASES.length * 3);
  const steps = readFileSync(join(folder, "runs", "first", "events.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line.includes('"event":"step"'));
  assert.equal(steps.length, STEPS, "every step once");
}
