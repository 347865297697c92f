/** What a reader has to do, page by page and by its state. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { imageColumn } from "@malleolus/schema";
import { assignAnnotators } from "../annotation/assign-annotators.ts";
import { assignReaders } from "../reading/assign-readers.ts";
import { saveDraft, submitOwnReading } from "../reading/reader-reading.ts";
import { createRound } from "../rounds/rounds.ts";
import type { Study } from "../study.ts";
import { addCases, codeOf, facts, imageId, OBSERVERS, studyWithPeople } from "../test-people.ts";
import { caseCode } from "./case-code.ts";
import { readProgress } from "./progress.ts";
import { findReaderTask, placeOf, queuesOf, readerWorklist } from "./reader-tasks.ts";
import { imagesOf, readWorklist } from "./worklist.ts";

type Context = Parameters<typeof studyWithPeople>[0];

const [observer, second] = OBSERVERS;
const CONTENT = { decision: { kind: "class", id: "weber_b" }, certainty: 3 } as const;
const DEED = { who: "admin", at: "2026-01-01T00:00:00.000Z" };

async function studyOf(context: Context, count: number): Promise<Study> {
  const study = await studyWithPeople(context);
  const ids = Array.from({ length: count }, (_, place) => `case-${place}`);
  await addCases(
    study,
    ids.map((id) => ({ id, views: [] })),
  );
  await assignReaders(study, "curation");
  return study;
}

const page = async (study: Study, question: object = {}, person: string = observer) =>
  readerWorklist(study, person, {
    queue: "curation",
    status: "left",
    limit: 100,
    search: undefined,
    ...question,
  });

const codesOf = async (study: Study, question: object = {}) =>
  (await page(study, question)).entries.map(({ code }) => code);

test("readerWorklist: what is left, new, begun and done", async (context) => {
  const study = await studyOf(context, 4);
  const codes = await codesOf(study);
  const [done, begun, ...untouched] = codes;
  const submitted = await submitOwnReading(
    study,
    await findReaderTask(study, observer, done),
    CONTENT,
  );
  const task = await findReaderTask(study, observer, begun);
  const { savedAt } = await saveDraft(study, task, { version: 0, content: {} });
  assert.deepEqual(await codesOf(study), [begun, ...untouched]);
  assert.deepEqual(await codesOf(study, { status: "new" }), untouched);
  const stateOf = async (status: string) =>
    (await page(study, { status })).entries.map(({ code, state, editedAt }) => [
      code,
      state,
      editedAt,
    ]);
  assert.deepEqual(await stateOf("draft"), [[begun, "draft", savedAt]]);
  assert.deepEqual(await stateOf("done"), [[done, "submitted", submitted.at]]);
  assert.deepEqual(
    await stateOf("new"),
    untouched.map((code) => [code, "new", null]),
  );
  const [queue] = await queuesOf(study, observer);
  assert.deepEqual(queue, {
    key: "curation",
    title: "Reading",
    done: 1,
    left: 3,
    later: 0,
    drafts: 1,
    qualification: null,
  });
  assert.deepEqual(await queuesOf(study, "senior"), []);
});

test("readerWorklist: page by page, by the beginning of a code, and nothing of another's queue", async (context) => {
  const study = await studyOf(context, 5);
  const codes = await codesOf(study);
  assert.deepEqual(codes, codes.toSorted());
  const first = await page(study, { limit: 2 });
  assert.deepEqual([first.entries.length, first.more], [2, true]);
  const rest = await page(study, { limit: 3, after: first.entries[1].code });
  assert.deepEqual([rest.entries.map(({ code }) => code), rest.more], [codes.slice(2), false]);
  assert.deepEqual(await codesOf(study, { search: codes[3].slice(0, 8) }), [codes[3]]);
  assert.deepEqual(await codesOf(study, { search: "u" }), []);
  assert.deepEqual((await page(study, { queue: "round-7" })).entries, []);
  assert.deepEqual((await page(study, {}, "senior")).entries, []);
});

test("findReaderTask: one's own, as long as it is to do or done", async (context) => {
  const study = await studyOf(context, 3);
  const [code, other, last] = await codesOf(study);
  const task = await findReaderTask(study, observer, code);
  assert.deepEqual(
    [task.key, task.code, task.done, task.withModel],
    ["curation", code, false, false],
  );
  await assert.rejects(findReaderTask(study, second, code), { code: "not-found" });
  await assert.rejects(findReaderTask(study, observer, "u"), { code: "not-found" });
  assert.deepEqual(await placeOf(study, await findReaderTask(study, observer, other)), {
    place: 2,
    of: 3,
    previous: code,
    next: last,
  });
  await submitOwnReading(study, task, CONTENT);
  // What is done keeps its place, and is no neighbour any more.
  assert.deepEqual(await placeOf(study, await findReaderTask(study, observer, other)), {
    place: 2,
    of: 3,
    previous: null,
    next: last,
  });
  // Screened again with other words: what was read can be looked at, what was not is gone.
  await study.database.updateTable("cases").set({ state: "excluded by keyword" }).execute();
  assert.equal((await findReaderTask(study, observer, code)).done, true);
  await assert.rejects(findReaderTask(study, observer, other), { code: "not-found" });
});

test("findReaderTask: a case of a round from the moment on at which it opens", async (context) => {
  const study = await studyOf(context, 1);
  const round = { name: "Again", people: [observer], repeatShare: 1, washoutDays: 2, seed: 1 };
  await createRound(study, round, DEED);
  const [code] = await codesOf(study, { queue: "round-1" });
  const now = Date.parse("2026-03-01T10:00:00.000Z");
  context.mock.timers.enable({ apis: ["Date"], now });
  await submitOwnReading(study, await findReaderTask(study, observer, code), CONTENT);
  const { position } = await study.database
    .selectFrom("tasks")
    .select("position")
    .where("queue", "=", "round-1-repeat")
    .executeTakeFirstOrThrow();
  const again = caseCode(position);
  const twoDays = 2 * 24 * 60 * 60 * 1000;
  context.mock.timers.setTime(now + twoDays - 1);
  await assert.rejects(findReaderTask(study, observer, again), { code: "not-found" });
  assert.deepEqual(await codesOf(study, { queue: "round-1" }), []);
  context.mock.timers.setTime(now + twoDays);
  const task = await findReaderTask(study, observer, again);
  assert.deepEqual([task.key, task.queue], ["round-1", "round-1-repeat"]);
  assert.deepEqual(await codesOf(study, { queue: "round-1" }), [again]);
});

test("queuesOf: panels first, then rounds by their number", async (context) => {
  const study = await studyOf(context, 1);
  for (let round = 1; round <= 10; round++) {
    const name = `Round ${round}`;
    const request = { name, people: [observer], repeatShare: 0, washoutDays: 0, seed: 1 };
    await createRound(study, request, DEED);
  }
  const queues = await queuesOf(study, observer);
  assert.deepEqual(
    queues.map(({ key, title, left }) => [key, title, left]),
    [
      ["curation", "Reading", 1],
      ...Array.from({ length: 10 }, (_, place) => [`round-${place + 1}`, `Round ${place + 1}`, 1]),
    ],
  );
});

test("imagesOf: views in the protocol's order, others and those without one behind", async (context) => {
  const study = await studyWithPeople(context);
  await addCases(study, [{ id: "x", views: ["oblique", "lateral", "pa", "ap"] }]);
  await study.database
    .insertInto("images")
    .values({
      sha256: "0".repeat(64),
      case_id: "x",
      sop_instance_uid: "1.2.3",
      size_bytes: 1,
      facts: imageColumn.write({ ...facts("ap"), view: null }),
    })
    .execute();
  const views = (await imagesOf(study, ["x"])).get("x")?.map(({ view }) => view) ?? [];
  assert.deepEqual(views.slice(0, 2), ["ap", "lateral"]);
  assert.deepEqual(new Set(views.slice(2)), new Set(["oblique", "pa", null]));
  assert.deepEqual(await imagesOf(study, []), new Map());
});

test("readWorklist: fifty cases a page unless more are asked for", async (context) => {
  const study = await studyOf(context, 51);
  const question = { queue: "curation", person: observer } as const;
  const { entries, left, done } = await readWorklist(study, question);
  assert.deepEqual([entries.length, left, done], [50, 51, 0]);
  assert.equal((await readWorklist(study, { ...question, limit: 60 })).entries.length, 51);
});

test("readProgress: done and left by queue and person, with the median of the times, repeats together", async (context) => {
  const study = await studyOf(context, 4);
  const people = [observer, "senior"];
  const round = { name: "Again", people, repeatShare: 0.5, washoutDays: 0, seed: 1 };
  await createRound(study, round, DEED);
  const read = async (person: string, caseId: string, seconds?: number) => {
    const task = await findReaderTask(study, person, await codeOf(study, person, caseId));
    await submitOwnReading(study, task, { ...CONTENT, ...(seconds && { seconds }) });
  };
  await read(observer, "case-0", 100);
  await read(observer, "case-1", 10);
  await read(observer, "case-2", 30);
  await read(second, "case-0", 20);
  await read(second, "case-1", 7);
  await read(second, "case-2");
  await study.database
    .insertInto("accounts")
    .values({
      login: "second",
      name: "Second",
      person: second,
      disabled: 0,
      failures: 0,
      seen_at: "2026-02-01T00:00:00.000Z",
      at: DEED.at,
      who: DEED.who,
    })
    .execute();
  await addCases(study, [{ id: "drawn", state: "agreed", class: "weber_b", views: ["ap"] }]);
  await assignAnnotators(study, ["drawn"]);
  await study.database
    .insertInto("annotations")
    .values({
      image_sha256: imageId("drawn", "ap"),
      source: "person",
      author: "annotator-1",
      revision: 1,
      outlines: "[]",
      seconds: 44,
      at: DEED.at,
    })
    .execute();
  const progress = await readProgress(study);
  assert.deepEqual(
    progress.map(({ queue, title, person, done, left, medianSeconds, lastSeenAt }) => [
      queue,
      title,
      person,
      done,
      left,
      medianSeconds,
      lastSeenAt,
    ]),
    [
      ["annotation", "Annotation", "annotator-1", 0, 1, 44, null],
      ["annotation", "Annotation", "annotator-2", 0, 1, null, null],
      ["curation", "Reading", observer, 3, 1, 30, null],
      ["curation", "Reading", second, 3, 1, 13.5, "2026-02-01T00:00:00.000Z"],
      ["curation", "Reading", OBSERVERS[2], 0, 4, null, null],
      // Four cases and two of them again.
      ["round-1", "Again", observer, 0, 6, null, null],
      ["round-1", "Again", "senior", 0, 6, null, null],
    ],
  );
});
