/** What holds of every queue: on SQLite in this run, on pg-boss in that of `on-postgres.test.ts`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { closeStudy, openStudy, type Study } from "../study.ts";
import { newStudy, TEST_POSTGRES } from "../test-study.ts";
import { type ClaimedJob, type JobQueue, MOST_ATTEMPTS, type QueueOptions } from "./job-queue.ts";
import { openQueue } from "./open-queue.ts";

/** pg-boss takes no shorter one. */
const LEASE_SECONDS = TEST_POSTGRES === undefined ? 1 : 10;
/** Whoever is killed has its job taken by another within this time, with what both promise to users. */
const TAKEN_AGAIN_MS = 30_000;

interface TestContext {
  after(cleanUp: () => void | Promise<void>): void;
}

async function queueOf(
  context: TestContext,
  options: QueueOptions = {},
): Promise<{ study: Study; queue: JobQueue; open(): Promise<JobQueue> }> {
  const { study: folder } = await newStudy(context);
  const study = await openStudy(folder);
  const opened: JobQueue[] = [];
  context.after(async () => {
    for (const queue of opened) await queue.close();
    await closeStudy(study);
  });
  const open = async () => {
    const given = { leaseSeconds: LEASE_SECONDS, retryDelaySeconds: 0, ...options };
    const queue = await openQueue(study, given);
    opened.push(queue);
    return queue;
  };
  return { study, queue: await open(), open };
}

function jobsFor(model: string, ...keys: string[]) {
  const content = { kind: "analyze" as const, model };
  return keys.map((key) => ({ key, content: { ...content, images: [`image of ${key}`] } }));
}
const jobs = (...keys: string[]) => jobsFor("m", ...keys);
const TOPIC = "analyze/m";

async function claimed(queue: JobQueue): Promise<ClaimedJob> {
  const job = await queue.claim(TOPIC);
  assert.ok(job !== null, "a job");
  return job;
}

const store = (name: string) => ({
  async store(transaction: Study["database"]) {
    await transaction.insertInto("patients").values({ id: name, hospital: "a" }).execute();
  },
});

async function stored({ database }: Study): Promise<string[]> {
  const rows = await database.selectFrom("patients").select("id").orderBy("id").execute();
  return rows.map(({ id }) => id);
}

test("JobQueue: a job is had by one, in the order in which they came, and a key is there once", async (context) => {
  const { queue, open } = await queueOf(context);
  const other = await open();
  assert.equal(await queue.claim(TOPIC), null);
  assert.deepEqual(await queue.send(jobs("a", "b")), new Set(["a", "b"]));
  assert.deepEqual(await other.send(jobs("b", "c")), new Set(["c"]));
  assert.deepEqual(await queue.counts(), { waiting: 3, active: 0, completed: 0, dead: 0 });
  const claims = [await claimed(queue), await claimed(other), await claimed(queue)];
  assert.deepEqual(claims.map(({ key }) => key).toSorted(), ["a", "b", "c"]);
  assert.equal(claims[0].key, "a");
  assert.deepEqual(claims[0].content, jobs("a")[0].content);
  assert.equal(await other.claim(TOPIC), null);
  assert.equal(await other.complete(claims[0], {}), true);
  assert.deepEqual(await queue.send(jobs("a")), new Set());
  assert.deepEqual(await queue.counts(), { waiting: 0, active: 2, completed: 1, dead: 0 });
});

test("JobQueue: whoever claims gets jobs of its topic and leaves the others; what fails too often is revived to its own", async (context) => {
  const { queue } = await queueOf(context);
  await queue.send([...jobsFor("other", "x"), ...jobs("a"), ...jobsFor("other", "y")]);
  assert.equal((await claimed(queue)).key, "a");
  assert.equal(await queue.claim(TOPIC), null);
  const open = { waiting: 0, active: 0, completed: 0, dead: 0 };
  assert.deepEqual(await queue.counts("analyze/other"), { ...open, waiting: 2 });
  assert.deepEqual(await queue.counts(), { ...open, waiting: 2, active: 1 });
  for (let attempt = 1; attempt <= MOST_ATTEMPTS * 2; attempt++) {
    const job = await queue.claim("analyze/other");
    assert.ok(job !== null && (await queue.fail(job, "no")));
  }
  assert.deepEqual(await queue.counts("analyze/other"), { ...open, dead: 2 });
  assert.equal((await queue.counts(TOPIC)).dead, 0);
  assert.equal(await queue.revive(), 2);
  assert.equal(await queue.claim(TOPIC), null);
  const again = [await queue.claim("analyze/other"), await queue.claim("analyze/other")];
  assert.deepEqual(again.map((job) => job?.key).toSorted(), ["x", "y"]);
});

test("JobQueue: whoever has a job knows for how long others leave it alone", async (context) => {
  const { study, queue } = await queueOf(context);
  const patient = await openQueue(study, { leaseSeconds: 40 });
  context.after(() => patient.close());
  await queue.send(jobs("a"));
  // A server's queue keeps the lease that it was made with; of a file each takes back by its own.
  const expected = TEST_POSTGRES === undefined ? 40 : LEASE_SECONDS;
  assert.equal((await claimed(patient)).leaseSeconds, expected);
});

test("JobQueue: what a job stores is stored with its completion, or neither is", async (context) => {
  const { study, queue } = await queueOf(context);
  await queue.send(jobs("a"));
  const job = await claimed(queue);
  const fails = queue.complete(job, {
    async store(transaction) {
      await store("one").store(transaction);
      throw new Error("no");
    },
  });
  await assert.rejects(fails, /^Error: no$/);
  assert.deepEqual([await stored(study), (await queue.counts()).active], [[], 1]);
  assert.equal(await queue.complete(job, store("one")), true);
  assert.equal(await queue.complete(job, store("two")), false);
  assert.equal(await queue.complete(job, { ...store("two"), isolation: "read committed" }), false);
  assert.equal(await queue.complete(job, {}), false);
  assert.equal(await queue.keep(job), false);
  assert.equal(await queue.fail(job, "late"), false);
  assert.deepEqual(await stored(study), ["one"]);
  assert.deepEqual(await queue.counts(), { waiting: 0, active: 0, completed: 1, dead: 0 });
});

test("JobQueue: who is silent has lost its job, and what it brings late is refused", async (context) => {
  const { study, queue, open } = await queueOf(context);
  const other = await open();
  await queue.send(jobs("kept", "lost"));
  const [kept, lost] = [await claimed(queue), await claimed(queue)];
  let again: ClaimedJob | null = null;
  for (const until = Date.now() + TAKEN_AGAIN_MS; again === null && Date.now() < until; ) {
    assert.equal(await queue.keep(kept), true);
    await setTimeout(LEASE_SECONDS * 50);
    again = await other.claim(TOPIC);
  }
  assert.ok(again !== null, "taken again in time");
  assert.deepEqual([again.key, again.attempt], ["lost", 2]);
  assert.equal(await queue.complete(lost, store("late")), false);
  assert.equal(await queue.fail(lost, "late"), false);
  assert.equal(await other.complete(again, store("in time")), true);
  assert.equal(await queue.complete(kept, store("kept")), true);
  assert.deepEqual(await stored(study), ["in time", "kept"]);
});

test("JobQueue: a job fails as often as it may, lies with the dead, and is revived", async (context) => {
  const { queue } = await queueOf(context);
  await queue.send(jobs("a"));
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const job = await claimed(queue);
    assert.equal(job.attempt, attempt);
    assert.equal(await queue.fail(job, `reason ${attempt}`), true);
  }
  assert.equal(await queue.claim(TOPIC), null);
  assert.deepEqual(await queue.dead(10), [{ ...jobs("a")[0], reason: `reason ${MOST_ATTEMPTS}` }]);
  assert.deepEqual(await queue.counts(), { waiting: 0, active: 0, completed: 0, dead: 1 });
  assert.equal(await queue.revive(), 1);
  const job = await claimed(queue);
  assert.deepEqual([job.key, job.attempt], ["a", 1]);
  assert.equal(await queue.complete(job, {}), true);
  assert.deepEqual(await queue.counts(), { waiting: 0, active: 0, completed: 1, dead: 0 });
});

test("JobQueue: jobs are told by topic, and discarded of one: those that wait or those that are dead, which may then be sent anew", async (context) => {
  const { queue } = await queueOf(context);
  assert.deepEqual(await queue.topics(), []);
  await queue.send(jobsFor("other", "x"));
  const dies = async (key: string) => {
    assert.deepEqual(await queue.send(jobs("a", "b", key)), new Set([key]));
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      const job = await claimed(queue);
      assert.deepEqual([job.key, job.attempt], [key, attempt]);
      await queue.fail(job, "no");
    }
  };
  await queue.send(jobs("a"));
  await claimed(queue);
  await queue.send(jobs("b"));
  assert.ok(await queue.complete(await claimed(queue), {}));
  // What is in hand and what is done is known, and what has died as well.
  await dies("c");
  assert.deepEqual(await queue.send(jobs("c", "d")), new Set(["d"]));
  const none = { waiting: 0, active: 0, completed: 0, dead: 0 };
  const other = { ...none, topic: "analyze/other", waiting: 1 };
  const own = { ...none, topic: TOPIC, waiting: 1, active: 1, completed: 1, dead: 1 };
  assert.deepEqual(await queue.topics(), [own, other]);

  assert.equal(await queue.discard("analyze/nothing", "waiting"), 0);
  assert.equal(await queue.discard(TOPIC, "waiting"), 1);
  assert.deepEqual(await queue.topics(), [{ ...own, waiting: 0 }, other]);
  assert.equal(await queue.discard("analyze/other", "dead"), 0);
  assert.equal(await queue.discard(TOPIC, "dead"), 1);
  assert.deepEqual(await queue.dead(10), []);
  assert.equal(await queue.revive(), 0);
  assert.deepEqual(await queue.topics(), [{ ...own, waiting: 0, dead: 0 }, other]);
  await dies("c");
  assert.deepEqual(await queue.send(jobs("c", "d")), new Set(["d"]));
  assert.equal(await queue.revive(), 1);
  assert.equal(await queue.discard(TOPIC, "waiting"), 2);
  assert.deepEqual(await queue.send(jobs("c")), new Set(["c"]));
  assert.equal((await claimed(queue)).attempt, 1);
});

test("JobQueue: after a failure it waits", async (context) => {
  const { queue } = await queueOf(context, { retryDelaySeconds: 60 });
  await queue.send(jobs("a"));
  assert.equal(await queue.fail(await claimed(queue), "no"), true);
  assert.equal(await queue.claim(TOPIC), null);
  assert.equal((await queue.counts()).waiting, 1);
});

test("JobQueue: no more are active than the quota allows, whoever claims", async (context) => {
  const { queue, open } = await queueOf(context, { quota: 2 });
  const others = [queue, await open(), await open()];
  await queue.send([...jobs("a", "b", "c"), ...jobsFor("other", "d", "e")]);
  const claims = await Promise.all(
    others.flatMap((one) => [one.claim(TOPIC), one.claim(TOPIC), one.claim("analyze/other")]),
  );
  const had = claims.filter((job) => job !== null);
  assert.equal(had.length, 2);
  assert.equal(await queue.complete(had[0], {}), true);
  const next = await Promise.all([queue.claim(TOPIC), queue.claim("analyze/other")]);
  assert.equal(next.filter((job) => job !== null).length, 1);
});

test("JobQueue: a full queue takes nothing more, and what it has already takes none", async (context) => {
  const { queue } = await queueOf(context, { mostWaiting: 3 });
  await queue.send(jobs("a", "b"));
  await assert.rejects(queue.send(jobs("c", "d")), { code: "busy" });
  assert.equal((await queue.counts()).waiting, 2);
  await queue.send(jobs("c"));
  await assert.rejects(queue.send(jobs("d")), { code: "busy" });
  await claimed(queue);
  // What it has already takes no room.
  assert.deepEqual(await queue.send(jobs("a", "b", "c", "d")), new Set(["d"]));
  // Nor do another detector's.
  assert.equal((await queue.send(jobsFor("other", "e", "f", "g"))).size, 3);
  await assert.rejects(queue.send(jobsFor("other", "h")), { code: "busy" });
});

test("JobQueue: whoever waits is woken by what comes", async (context) => {
  const { queue, open } = await queueOf(context);
  const other = await open();
  const start = performance.now();
  const waits = other.wait(60_000, new AbortController().signal);
  await queue.send(jobs("a"));
  await waits;
  assert.equal((await claimed(other)).key, "a");
  const stop = new AbortController();
  const stopped = other.wait(60_000, stop.signal);
  stop.abort();
  await stopped;
  // Not after the minutes that they would have waited.
  assert.ok(performance.now() - start < 30_000);
});
