import assert from "node:assert/strict";
import { test } from "node:test";
import type { RoundRequest } from "@malleolus/schema";
import { submitOwnReading, withdrawOwnReading } from "../reading/reader-reading.ts";
import type { Study } from "../study.ts";
import { caseCode } from "../tasks/case-code.ts";
import { findReaderTask, placeOf, queuesOf, readerWorklist } from "../tasks/reader-tasks.ts";
import { addCases, OBSERVERS, SURGEONS, studyWithPeople } from "../test-people.ts";
import { roundMatrices } from "./round-matrices.ts";
import { createRound, listRounds, readersOf } from "./rounds.ts";

const [observer, second] = OBSERVERS;
const DEED = { who: "admin", at: "2026-01-01T00:00:00.000Z" };

async function studyWithRound(
  context: Parameters<typeof studyWithPeople>[0],
  given: Partial<RoundRequest>,
): Promise<Study> {
  const study = await studyWithPeople(context);
  await addCases(
    study,
    Array.from({ length: 10 }, (_, index) => ({ id: `case-${index}` })),
  );
  await addCases(study, [{ id: "unscreened", state: "imported" }]);
  const round = {
    name: "Again",
    people: [observer, second],
    repeatShare: 0.5,
    washoutDays: 2,
    seed: 1,
  };
  await createRound(study, { ...round, ...given }, DEED);
  return study;
}

async function left(study: Study, person: string) {
  const question = { queue: "round-1", status: "left", limit: 100, search: undefined } as const;
  return (await readerWorklist(study, person, question)).entries.map(({ code }) => code);
}

const CONTENT = { decision: { kind: "class", id: "weber_b" }, certainty: 3 } as const;

test("createRound: all candidates once, repeats later, an order of each reader's own", async (context) => {
  const study = await studyWithRound(context, { washoutDays: 0 });
  const [queue] = await queuesOf(study, observer);
  assert.deepEqual(
    [queue.key, queue.title, queue.done, queue.left, queue.later],
    ["round-1", "Again", 0, 10, 5],
  );
  const [mine, theirs] = [await left(study, observer), await left(study, second)];
  assert.equal(new Set([...mine, ...theirs]).size, 20);
  const [round] = await listRounds(study);
  assert.deepEqual([round.cases, round.repeats, round.people], [10, 5, [observer, second]]);
});

test("createRound: as many people and cases as one statement of SQLite cannot hold", async (context) => {
  const study = await studyWithPeople(context);
  await addCases(
    study,
    Array.from({ length: 1100 }, (_, index) => ({ id: `case-${index}`, views: [] })),
  );
  const people = ["observer-1", "observer-2", "observer-3", "senior", "surgeon-1", "surgeon-2"];
  const round = { name: "Large", people, repeatShare: 0, washoutDays: 0, seed: 1 };
  assert.equal((await createRound(study, round, DEED)).cases, 1100);
  assert.equal((await queuesOf(study, "surgeon-2"))[0].left, 1100);
});

test("createRound: more cases than there are, and people who do not read, are refused", async (context) => {
  await assert.rejects(studyWithRound(context, { cases: 11 }), { code: "assignment" });
  await assert.rejects(studyWithRound(context, { people: ["annotator-1"] }), { code: "record" });
});

test("createRound: some of the cases, a share of them again, rounded", async (context) => {
  const study = await studyWithRound(context, { cases: 7 });
  const [listed] = await listRounds(study);
  // Half of seven.
  assert.deepEqual([listed.cases, listed.repeats, listed.passed], [7, 4, []]);
  const [queue] = await queuesOf(study, observer);
  // Four repeats, and the three that come once and wait for them.
  assert.deepEqual([queue.left, queue.later], [4, 7]);
});

test("createRound: of no candidates there is no round", async (context) => {
  const study = await studyWithPeople(context);
  await addCases(study, [{ id: "unscreened", state: "imported" }]);
  const round = { name: "None", people: [observer], repeatShare: 0, washoutDays: 0, seed: 1 };
  await assert.rejects(createRound(study, round, DEED), { code: "assignment" });
  assert.deepEqual(await listRounds(study), []);
});

test("readersOf: observers, seniors and surgeons, in the configuration's order", async (context) => {
  const study = await studyWithPeople(context);
  assert.deepEqual(
    readersOf(study).map(({ id }) => id),
    [...OBSERVERS, "senior", ...SURGEONS],
  );
});

test("rounds: a repeat comes after its washout, under another code, and counts as one more case", async (context) => {
  const study = await studyWithRound(context, { repeatShare: 1 });
  const first = await left(study, observer);
  for (const code of first) {
    await submitOwnReading(study, await findReaderTask(study, observer, code), CONTENT);
  }
  assert.deepEqual(await left(study, observer), []);
  const [during] = await queuesOf(study, observer);
  assert.deepEqual([during.done, during.left, during.later], [10, 0, 10]);
  // Three days later.
  const { database } = study;
  const waiting = await database
    .selectFrom("tasks")
    .select("opens_at")
    .where("queue", "=", "round-1-repeat")
    .where("person", "=", observer)
    .execute();
  const days = waiting.map(({ opens_at }) => (Date.parse(opens_at) - Date.now()) / 86_400_000);
  assert.ok(
    days.every((one) => one > 1.9 && one <= 2),
    days.join(" "),
  );
  await database
    .updateTable("tasks")
    .set({ opens_at: "2026-01-01T00:00:00.000Z" })
    .where("person", "=", observer)
    .execute();
  const again = await left(study, observer);
  assert.equal(again.length, 10);
  assert.ok(again.every((code) => !first.includes(code)));
  const task = await findReaderTask(study, observer, again[0]);
  assert.equal(task.key, "round-1");
  assert.equal((await placeOf(study, task)).of, 20);
  await submitOwnReading(study, task, CONTENT);
  const readings = await database
    .selectFrom("readings")
    .select("panel")
    .where("case_id", "=", task.caseId)
    .orderBy("panel")
    .execute();
  assert.deepEqual(
    readings.map(({ panel }) => panel),
    ["round-1", "round-1-repeat"],
  );
});

test("rounds: what comes with the repeats was half of it never read before, so that nobody can tell them", async (context) => {
  const study = await studyWithRound(context, { repeatShare: 0.3 });
  const first = await left(study, observer);
  const read = new Set<string>();
  for (const code of first) {
    const task = await findReaderTask(study, observer, code);
    read.add(task.caseId);
    await submitOwnReading(study, task, CONTENT);
  }
  assert.deepEqual([first.length, await left(study, observer)], [7, []]);
  const opening = await study.database
    .selectFrom("tasks")
    .select(["queue", "opens_at"])
    .where("person", "=", observer)
    .where("done", "=", 0)
    .orderBy("opens_at")
    .execute();
  const days = Map.groupBy(opening, ({ opens_at }) => opens_at);
  assert.deepEqual(
    [...days.values()].map((together) => together.map(({ queue }) => queue).toSorted()),
    Array.from({ length: 3 }, () => ["round-1", "round-1-repeat"]),
    "one of each kind at the same moment",
  );
  await study.database
    .updateTable("tasks")
    .set({ opens_at: "2026-01-01T00:00:00.000Z" })
    .where("person", "=", observer)
    .execute();
  const later = await Promise.all(
    (await left(study, observer)).map((code) => findReaderTask(study, observer, code)),
  );
  assert.equal(later.filter(({ caseId }) => read.has(caseId)).length, 3);
  assert.equal(later.filter(({ caseId }) => !read.has(caseId)).length, 3);
});

test("rounds: a reading that is taken back lets its repeat wait again, and no case changes its state", async (context) => {
  const study = await studyWithRound(context, { repeatShare: 1, washoutDays: 0 });
  const [code] = await left(study, observer);
  const task = await findReaderTask(study, observer, code);
  await submitOwnReading(study, task, CONTENT);
  assert.equal((await left(study, observer)).length, 10);
  await withdrawOwnReading(study, task);
  const open = await left(study, observer);
  assert.equal(open.length, 10);
  assert.ok(open.includes(code));
  const states = await study.database.selectFrom("cases").select("state").distinct().execute();
  assert.deepEqual(states.map(({ state }) => state).toSorted(), ["candidate fracture", "imported"]);
});

test("roundMatrices: what was read in a round, and twice by the same reader", async (context) => {
  const study = await studyWithRound(context, { repeatShare: 1, washoutDays: 0 });
  assert.deepEqual(await roundMatrices(study), []);
  const read = async (person: string, id: string) => {
    for (const code of await left(study, person)) {
      const task = await findReaderTask(study, person, code);
      await submitOwnReading(study, task, {
        ...CONTENT,
        decision: { kind: "class", id },
      });
    }
  };
  await read(observer, "weber_b");
  const [{ name, readers, rows, repeats }] = await roundMatrices(study);
  assert.deepEqual([name, readers, rows.length, repeats], ["Again", [observer], 10, []]);
  assert.deepEqual(rows[0].certainties, [3]);
  await read(observer, "weber_c");
  await read(second, "weber_a");
  const [both] = await roundMatrices(study);
  assert.deepEqual(both.readers, [observer, second]);
  assert.deepEqual(
    both.rows[0].decisions.map((one) => one?.id),
    ["weber_b", "weber_a"],
  );
  assert.deepEqual(
    both.repeats.map((one) => [one.reader, one.first.id, one.second.id]),
    Array.from({ length: 10 }, () => [observer, "weber_b", "weber_c"]),
  );
  // A second reading that is taken back is none.
  const { database } = study;
  const { case_id } = await database
    .selectFrom("readings")
    .select("case_id")
    .where("panel", "=", "round-1-repeat")
    .executeTakeFirstOrThrow();
  const { position } = await database
    .selectFrom("tasks")
    .select("position")
    .where("queue", "=", "round-1-repeat")
    .where("person", "=", observer)
    .where("case_id", "=", case_id)
    .executeTakeFirstOrThrow();
  await withdrawOwnReading(study, await findReaderTask(study, observer, caseCode(position)));
  assert.equal((await roundMatrices(study))[0].repeats.length, 9);
});
