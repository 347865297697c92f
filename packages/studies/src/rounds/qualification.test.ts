import assert from "node:assert/strict";
import { test } from "node:test";
import { assignReaders } from "../reading/assign-readers.ts";
import { submitOwnReading, withdrawOwnReading } from "../reading/reader-reading.ts";
import type { Study } from "../study.ts";
import { findReaderTask, queuesOf, readerWorklist } from "../tasks/reader-tasks.ts";
import { addCases, OBSERVERS, studyWithPeople } from "../test-people.ts";
import { createRound, listRounds } from "./rounds.ts";

const DEED = { who: "test", at: "2026-01-01T00:00:00.000Z" };
const [observer, second] = OBSERVERS;
const question = { status: "left", limit: 100, search: undefined } as const;

/** Four cases whose class is known, two that are to be read. */
async function studyToQualifyIn(context: { after(cleanUp: () => void): void }): Promise<Study> {
  const study = await studyWithPeople(context);
  await addCases(study, [
    ...["weber_a", "weber_b", "weber_c", "weber_b"].map((known, index) => ({
      id: `known-${index}`,
      state: "agreed" as const,
      class: known,
    })),
    { id: "open-1" },
    { id: "open-2" },
  ]);
  await assignReaders(study, "curation");
  return study;
}

const qualification = (passShare: number) => ({
  name: "Qualification",
  people: [observer],
  repeatShare: 0.1,
  washoutDays: 0,
  seed: 1,
  passShare,
});

const left = async (study: Study, queue: string) =>
  (await readerWorklist(study, observer, { ...question, queue })).entries.map(({ code }) => code);

async function classOf(study: Study, code: string): Promise<string> {
  const { caseId } = await findReaderTask(study, observer, code);
  const row = await study.database
    .selectFrom("cases")
    .select("class")
    .where("id", "=", caseId)
    .executeTakeFirstOrThrow();
  return row.class ?? "";
}

async function read(study: Study, code: string, id: string) {
  const task = await findReaderTask(study, observer, code);
  const content = { decision: { kind: "class", id }, certainty: 5 } as const;
  return { task, ...(await submitOwnReading(study, task, content)) };
}

test("qualification: cases with a known class, each with its answer, and nothing else until it is passed", async (context) => {
  const study = await studyToQualifyIn(context);
  const before = await left(study, "curation");
  assert.equal(before.length, 2);
  const { cases, repeats } = await createRound(study, qualification(0.5), DEED);
  assert.deepEqual([cases, repeats], [4, 0]);
  assert.deepEqual(
    (await queuesOf(study, observer)).map(({ key }) => key),
    ["round-1"],
  );
  assert.deepEqual(await left(study, "curation"), []);
  await assert.rejects(findReaderTask(study, observer, before[0]), { code: "not-found" });
  assert.equal((await queuesOf(study, second)).at(0)?.key, "curation", "others read on");

  const told = [];
  for (const code of await left(study, "round-1")) {
    const { feedback, at, withdrawUntil, task } = await read(study, code, "weber_b");
    told.push(feedback);
    assert.equal(at, withdrawUntil, "an answer that was seen is not taken back");
    await assert.rejects(withdrawOwnReading(study, task), { code: "transition" });
  }
  assert.deepEqual(told.map((one) => one?.right).toSorted(), [false, false, true, true]);
  assert.deepEqual(told.map((one) => one?.class).toSorted(), [
    "weber_a",
    "weber_b",
    "weber_b",
    "weber_c",
  ]);
  const queues = await queuesOf(study, observer);
  assert.deepEqual(
    queues.map(({ key }) => key),
    ["curation", "round-1"],
  );
  assert.deepEqual(queues[1].qualification, { needed: 2, right: 2, passed: true });
  assert.deepEqual((await listRounds(study))[0].passed, [observer]);
  const [again] = await left(study, "curation");
  assert.equal((await read(study, again, "weber_b")).feedback, null, "no answer to a real case");
});

test("qualification: one that is failed keeps the rest closed until another is passed", async (context) => {
  const study = await studyToQualifyIn(context);
  await createRound(study, qualification(1), DEED);
  for (const code of await left(study, "round-1")) await read(study, code, "weber_b");
  const [failed] = await queuesOf(study, observer);
  assert.deepEqual(failed.qualification, { needed: 4, right: 2, passed: false });
  assert.deepEqual(await left(study, "curation"), []);
  await createRound(study, qualification(0.25), DEED);
  const [first, ...others] = await left(study, "round-2");
  // One of four that is right would do, once all are read.
  await read(study, first, await classOf(study, first));
  const [during] = await queuesOf(study, observer);
  assert.deepEqual(during.qualification, { needed: 1, right: 0, passed: false });
  assert.deepEqual(await left(study, "curation"), []);
  for (const code of others) await read(study, code, "no_fracture");
  assert.equal((await left(study, "curation")).length, 2);
  assert.deepEqual(
    (await listRounds(study)).map(({ passed }) => passed),
    [[], [observer]],
  );
});

test("qualification: a share that is no whole number of cases is rounded up", async (context) => {
  const study = await studyToQualifyIn(context);
  await createRound(study, qualification(0.6), DEED);
  for (const code of await left(study, "round-1")) await read(study, code, "weber_b");
  const [queue] = await queuesOf(study, observer);
  assert.deepEqual(queue.qualification, { needed: 3, right: 2, passed: false });
});

test("qualification: a case that is to be read in another round waits until it is read", async (context) => {
  const study = await studyToQualifyIn(context);
  await createRound(study, { ...qualification(0), passShare: null, people: [second] }, DEED);
  const asked = (cases: number) =>
    createRound(study, { ...qualification(0.5), people: [second], cases }, DEED);
  await assert.rejects(asked(1), { code: "assignment" });
  const { entries } = await readerWorklist(study, second, { ...question, queue: "round-1" });
  const tasks = await Promise.all(entries.map(({ code }) => findReaderTask(study, second, code)));
  const task = tasks.find(({ caseId }) => caseId === "known-1") ?? tasks[0];
  const content = { decision: { kind: "class", id: "weber_b" }, certainty: 5 } as const;
  const { feedback } = await submitOwnReading(study, task, content);
  assert.equal(feedback, null, "a round of no qualification tells nothing");
  await assert.rejects(asked(2), { code: "assignment" });
  const { cases, key } = await asked(1);
  assert.equal(cases, 1);
  assert.deepEqual(
    (await queuesOf(study, second)).map((queue) => queue.key),
    [key],
  );
});

test("qualification: no case that its people have still to read, and no model beside it", async (context) => {
  const study = await studyToQualifyIn(context);
  await assert.rejects(createRound(study, { ...qualification(0.5), cases: 5 }, DEED), {
    code: "assignment",
    message: /class is known/,
  });
  await assert.rejects(createRound(study, { ...qualification(0.5), model: "always" }, DEED), {
    code: "record",
  });
});
