import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { ThreadEnded } from "@malleolus/host";
import type { RadiographAnalysis } from "@malleolus/schema";
import { inTransaction } from "../database/in-transaction.ts";
import type { Study } from "../study.ts";
import { addCases, studyWithPeople } from "../test-people.ts";
import { TEST_POSTGRES } from "../test-study.ts";
import {
  analysisOf,
  analysisResults,
  imagesToAnalyze,
  sendAnalyses,
  storeAnalyses,
} from "./analyses.ts";
import { LEAST_A_JOB, MOST_A_JOB } from "./chunks.ts";
import { imagesOf, type JobQueue, topicOf } from "./job-queue.ts";
import { openQueue } from "./open-queue.ts";
import { type TestWorkerNews, type TestWorkerOptions, testWorker } from "./test-worker.ts";
import { type StudyWork, type WorkEvent, work } from "./work.ts";

const MODEL = { sha256: "ab".repeat(32), name: "test", version: "1" };
const TOPIC = topicOf({ kind: "analyze", model: MODEL.sha256 });
const never = new AbortController().signal;

interface TestContext {
  after(cleanUp: () => void | Promise<void>): void;
}

/** A study with three radiographs a case. */
async function studyOf(context: TestContext, cases: number): Promise<Study> {
  const study = await studyWithPeople(context);
  const ids = Array.from({ length: cases }, (_, i) => ({ id: `case ${i}` }));
  await addCases(study, ids);
  return study;
}

async function analyzed({ database }: Study): Promise<{ image: string; who: string }[]> {
  const rows = await database
    .selectFrom("analyses")
    .select(["image_sha256", "who"])
    .orderBy("image_sha256")
    .execute();
  return rows.map(({ image_sha256: image, who }) => ({ image, who }));
}

async function allImages({ database }: Study): Promise<string[]> {
  const rows = await database.selectFrom("images").select("sha256").orderBy("sha256").execute();
  return rows.map(({ sha256 }) => sha256);
}

test("sendAnalyses and work: every radiograph is looked at once, what is new is added, and a failure is told", async (context) => {
  const study = await studyOf(context, 40);
  const queue = await openQueue(study, { retryDelaySeconds: 0, mostWaiting: 100 });
  const other = await openQueue(study, { retryDelaySeconds: 0 });
  context.after(async () => {
    await queue.close();
    await other.close();
  });
  const sent = await sendAnalyses(study, queue, MODEL, "me", { stop: never });
  assert.equal(sent.open, 120);
  assert.ok(sent.jobs >= 120 / MOST_A_JOB && sent.jobs <= 120 / LEAST_A_JOB + 1);
  const events: WorkEvent[] = [];
  let fails = 1;
  const works = [queue, other].map(
    (own, i): StudyWork => ({
      queue: own,
      topic: TOPIC,
      async perform(job) {
        if (fails-- > 0) throw new Error("the card is hot");
        const open = await imagesToAnalyze(study, MODEL.sha256, imagesOf(job));
        const all = open.map(({ sha256: image }) => ({ image, failure: "nobody looked" }));
        return analysisResults(MODEL.sha256, all, `worker ${i}`);
      },
    }),
  );
  const options = {
    stop: never,
    untilEmpty: true,
    onEvent: (event: WorkEvent) => events.push(event),
  };
  await Promise.all(works.map((one) => work([one], options)));
  assert.deepEqual(
    (await analyzed(study)).map(({ image }) => image),
    await allImages(study),
  );
  assert.deepEqual(
    events
      .filter(({ event }) => event === "failed")
      .map((event) => "reason" in event && event.reason),
    ["the card is hot"],
  );
  assert.deepEqual(await sendAnalyses(study, queue, MODEL, "me", { stop: never }), {
    open: 0,
    jobs: 0,
  });
});

test("sendAnalyses: sent again while jobs wait it adds nothing but what is new, in few jobs; another model's are others", async (context) => {
  const study = await studyOf(context, 400);
  const queue = await openQueue(study);
  context.after(() => queue.close());
  const sent = await sendAnalyses(study, queue, MODEL, "me", { stop: never });
  assert.equal(sent.open, 1200);
  assert.deepEqual(await sendAnalyses(study, queue, MODEL, "me", { stop: never }), {
    open: 0,
    jobs: 0,
  });
  await addCases(study, [{ id: "new" }]);
  const added = await sendAnalyses(study, queue, MODEL, "me", { stop: never });
  // Each of the three falls into a job, whose end it may move, and with it the beginning of the next.
  assert.ok(added.jobs > 0 && added.jobs <= 9, `${added.jobs} of ${sent.jobs} jobs`);
  const waiting = await queue.counts();
  assert.equal(waiting.waiting, sent.jobs + added.jobs);
  const sizes: number[] = [];
  const seen = new Set<string>();
  for (let job = await queue.claim(TOPIC); job !== null; job = await queue.claim(TOPIC)) {
    sizes.push(imagesOf(job).length);
    for (const image of imagesOf(job)) seen.add(image);
  }
  assert.equal(seen.size, 1203);
  assert.ok(Math.max(...sizes) <= MOST_A_JOB);
  // The last one has what is left.
  assert.ok(sizes.filter((size) => size < LEAST_A_JOB).length <= 2);
  const other = { ...MODEL, sha256: "cd".repeat(32) };
  assert.equal((await sendAnalyses(study, queue, other, "me", { stop: never })).open, 1203);
});

test("sendAnalyses: a queue that is full is told once, and what waited is sent when there is room", async (context) => {
  const study = await studyOf(context, 10);
  const queue = await openQueue(study, { mostWaiting: 1 });
  context.after(() => queue.close());
  const content = { kind: "analyze" as const, model: MODEL.sha256, images: [] };
  await queue.send([{ key: "before", content }]);
  let [tries, told] = [0, 0];
  const watched: JobQueue = {
    ...queue,
    async send(jobs) {
      tries++;
      if (tries === 3) assert.equal((await queue.claim(TOPIC))?.key, "before");
      return queue.send(jobs);
    },
  };
  const onFull = () => {
    told++;
  };
  const sent = await sendAnalyses(study, watched, MODEL, "me", { stop: never, onFull });
  assert.deepEqual([sent, tries, told], [{ open: 30, jobs: 1 }, 3, 1]);
});

test("work: what is sent for another model is left to others, and told while nobody works on it", async (context) => {
  const study = await studyOf(context, 1);
  const queue = await openQueue(study);
  context.after(() => queue.close());
  await sendAnalyses(study, queue, MODEL, "me", { stop: never });
  const events: WorkEvent[] = [];
  const perform = () => assert.fail("not this one's");
  const workElse = () =>
    work([{ queue, topic: "analyze/another", perform }], {
      stop: never,
      untilEmpty: true,
      onEvent: (event) => events.push(event),
    });
  await workElse();
  assert.deepEqual(events, [{ event: "left", jobs: 1 }]);
  assert.deepEqual(await queue.counts(), { waiting: 1, active: 0, completed: 0, dead: 0 });
  assert.ok((await queue.claim(TOPIC)) !== null);
  await workElse();
  assert.equal(events.length, 1);
});

test("work: one whose work is done ends well, though what is left cannot be asked any more", async (context) => {
  const study = await studyOf(context, 1);
  const queue = await openQueue(study);
  context.after(() => queue.close());
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  server.close();
  await once(server, "close");
  const [refused] = await once(connect(address.port, "127.0.0.1"), "error");
  const events: string[] = [];
  const away: JobQueue = {
    ...queue,
    counts: (topic) => (topic === undefined ? Promise.reject(refused) : queue.counts(topic)),
  };
  const perform = () => assert.fail("nothing was sent");
  await work([{ queue: away, topic: TOPIC, perform }], {
    stop: never,
    untilEmpty: true,
    onEvent: ({ event }) => events.push(event),
  });
  assert.deepEqual(events, ["unreachable"]);
});

test("work: one whose thread has ended gives its job back, and ends with the reason", async (context) => {
  const study = await studyOf(context, 1);
  const queue = await openQueue(study);
  context.after(() => queue.close());
  await sendAnalyses(study, queue, MODEL, "me", { stop: never });
  const events: string[] = [];
  const worked = work(
    [
      {
        queue,
        topic: TOPIC,
        async perform() {
          throw new ThreadEnded("internal: a detector failed: no card");
        },
      },
    ],
    { stop: never, untilEmpty: true, onEvent: ({ event }) => events.push(event) },
  );
  await assert.rejects(worked, /a detector failed: no card/);
  assert.deepEqual(events, ["failed"]);
  assert.equal((await queue.counts()).waiting, 1);
});

test("storeAnalyses: the first one stays, and is read as it was written", async (context) => {
  const study = await studyOf(context, 1);
  const [image, unreadable] = await allImages(study);
  await study.database
    .insertInto("models")
    .values({ ...MODEL, at: "", who: "me" })
    .execute();
  const said = (fracture: number): RadiographAnalysis => ({
    findings: [],
    classScores: { fracture },
    imageProbabilities: { fracture, no_fracture: 1 - fracture },
  });
  for (const fracture of [0.25, 0.75]) {
    await inTransaction(study.database, (transaction) =>
      storeAnalyses(
        transaction,
        MODEL.sha256,
        [
          { image, analysis: said(fracture) },
          { image: unreadable, failure: "no pixels" },
        ],
        "me",
      ),
    );
  }
  assert.deepEqual(await analysisOf(study, MODEL.sha256, image), said(0.25));
  assert.equal(await analysisOf(study, MODEL.sha256, unreadable), null);
  assert.equal(await analysisOf(study, "cd".repeat(32), image), null);
});

const onFile = {
  skip: TEST_POSTGRES !== undefined && "experiments/workers.ts does it with servers",
};

/** A worker in a process of its own, and what it has said. */
function startWorker(context: TestContext, folder: string, options: TestWorkerOptions) {
  const child = spawn(process.execPath, [testWorker, folder, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  context.after(() => void child.kill("SIGKILL"));
  const news: TestWorkerNews[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => news.push(JSON.parse(line)));
  return { child, news };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setTimeout(20);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "close");
}

test(
  "work: of workers that are killed, and that stood still, nothing is lost and nothing stored twice",
  onFile,
  async (context) => {
    const study = await studyOf(context, 64);
    const queue = await openQueue(study);
    await sendAnalyses(study, queue, MODEL, "me", { stop: never });
    const start = (jobMs: number) =>
      startWorker(context, study.folder, {
        ...{ topic: TOPIC, jobMs },
        ...{ leaseSeconds: 6, retryDelaySeconds: 0 },
      });
    const [killed, still] = [start(60_000), start(6000)];
    await until(() =>
      [killed, still].every(({ news }) => news.some((one) => one.news === "claimed")),
    );
    killed.child.kill("SIGKILL");
    still.child.kill("SIGSTOP");
    const other = start(0);
    await ended(other.child);
    still.child.kill("SIGCONT");
    await ended(still.child);
    assert.deepEqual(
      still.news.map(({ news }) => news),
      ["ready", "claimed", "lost", "ended"],
    );
    const found = await analyzed(study);
    assert.deepEqual(
      found.map(({ image }) => image),
      await allImages(study),
    );
    assert.deepEqual(new Set(found.map(({ who }) => who)), new Set([`process ${other.child.pid}`]));
    const { completed, ...rest } = await queue.counts();
    assert.ok(completed >= 3);
    assert.deepEqual(rest, { waiting: 0, active: 0, dead: 0 });
  },
);
