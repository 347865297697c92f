/** A reader's drafts, readings and second thoughts, by the clock. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Measurement, ReadingContent } from "@malleolus/schema";
import type { Study } from "../study.ts";
import { findReaderTask, type ReaderTask } from "../tasks/reader-tasks.ts";
import { addCases, codeOf, imageId, OBSERVERS, reading, studyWithPeople } from "../test-people.ts";
import { assignReaders } from "./assign-readers.ts";
import { readerCase, storedContent } from "./reader-case.ts";
import {
  askForReopening,
  draftOf,
  listReopenings,
  ownReadingOf,
  saveDraft,
  submitOwnReading,
  withdrawOwnReading,
} from "./reader-reading.ts";
import { resolveReadings } from "./resolve-readings.ts";
import { submitReading } from "./submit-reading.ts";

const START = Date.parse("2026-03-01T10:00:00.000Z");
const [observer, second, third] = OBSERVERS;
const CONTENT: ReadingContent = { decision: { kind: "class", id: "weber_b" }, certainty: 4 };

/** A case, and the first observer's task, at ten o'clock. */
async function oneCase(context: TestContext): Promise<{ study: Study; task: ReaderTask }> {
  const study = await studyWithPeople(context);
  await addCases(study, [{ id: "x", views: ["ap", "lateral"] }]);
  await assignReaders(study, "curation");
  const task = await findReaderTask(study, observer, await codeOf(study, observer, "x"));
  context.mock.timers.enable({ apis: ["Date"], now: START });
  return { study, task };
}

const gap = (change: Partial<Measurement> = {}): Measurement => ({
  image: imageId("x", "ap"),
  rule: "fracture-gap",
  form: "length",
  points: [
    [0, 0],
    [3, 4],
  ],
  ...change,
});

test("saveDraft: over the version that it was made from, and no other", async (context) => {
  const { study, task } = await oneCase(context);
  assert.equal(await draftOf(study, task), null);
  await assert.rejects(saveDraft(study, task, { version: 1, content: {} }), { code: "stale" });
  const first = await saveDraft(study, task, { version: 0, content: { note: "gap" } });
  assert.deepEqual(first, { version: 1, savedAt: "2026-03-01T10:00:00.000Z" });
  await assert.rejects(saveDraft(study, task, { version: 0, content: CONTENT }), { code: "stale" });
  context.mock.timers.setTime(START + 5000);
  const again = await saveDraft(study, task, { version: 1, content: CONTENT });
  assert.deepEqual(await draftOf(study, task), { ...again, content: CONTENT });
  assert.deepEqual(again, { version: 2, savedAt: "2026-03-01T10:00:05.000Z" });
  await submitOwnReading(study, task, CONTENT);
  assert.equal(await draftOf(study, task), null);
  for (const late of [
    saveDraft(study, task, { version: 0, content: {} }),
    submitOwnReading(study, task, CONTENT),
  ]) {
    await assert.rejects(late, { code: "transition", message: /^This case is submitted/ });
  }
});

test("submitOwnReading: a class with its certainty, an exclusion without, and all that was said is kept", async (context) => {
  const { study, task } = await oneCase(context);
  for (const content of [{}, { certainty: 4 }, { decision: CONTENT.decision }]) {
    await assert.rejects(submitOwnReading(study, task, content), { code: "record" });
  }
  assert.equal(await ownReadingOf(study, task), null);
  const whole: ReadingContent = {
    decision: { kind: "exclusion", id: "cast" },
    note: "a cast",
    seconds: 12.5,
    visibility: { [imageId("x", "lateral")]: "difficult" },
    measurements: [
      gap(),
      gap({
        rule: null,
        form: "angle",
        points: [
          [0, 0],
          [1, 1],
          [2, 0],
        ],
      }),
    ],
    conditions: { screenWidth: 1920, screenHeight: 1080, pixelRatio: 1.5, inverted: true },
  };
  const submitted = await submitOwnReading(study, task, whole);
  assert.deepEqual(submitted, {
    at: "2026-03-01T10:00:00.000Z",
    withdrawUntil: "2026-03-01T10:00:10.000Z",
    feedback: null,
  });
  assert.deepEqual(await ownReadingOf(study, task), {
    ...submitted,
    content: whole,
    reopeningAskedAt: null,
  });
});

test("submitOwnReading: what the protocol or the case does not have is refused, in a draft too", async (context) => {
  const { study, task } = await oneCase(context);
  const elsewhere = imageId("y", "ap");
  for (const wrong of [
    { decision: { kind: "class", id: "weber_d" } },
    { decision: { kind: "exclusion", id: "weber_b" } },
    { visibility: { [imageId("x", "ap")]: "easy", [elsewhere]: "easy" } },
    { measurements: [gap({ image: elsewhere })] },
    { measurements: [gap(), gap({ rule: "no-such-rule" })] },
    { measurements: [gap({ form: "angle" })] },
  ] satisfies ReadingContent[]) {
    const said = JSON.stringify(wrong);
    const content = { ...CONTENT, ...wrong };
    await assert.rejects(submitOwnReading(study, task, content), { code: "record" }, said);
    await assert.rejects(saveDraft(study, task, { version: 0, content }), { code: "record" }, said);
  }
});

test("withdrawOwnReading: for ten seconds and what is sent late, then it is closed", async (context) => {
  const { study, task } = await oneCase(context);
  await assert.rejects(withdrawOwnReading(study, task), { code: "transition" });
  await submitOwnReading(study, task, CONTENT);
  context.mock.timers.setTime(START + 30_000);
  await withdrawOwnReading(study, task);
  assert.deepEqual(await draftOf(study, task), {
    version: 1,
    content: CONTENT,
    savedAt: "2026-03-01T10:00:30.000Z",
  });
  assert.equal(await ownReadingOf(study, task), null);
  await submitOwnReading(study, task, CONTENT);
  context.mock.timers.setTime(START + 60_001);
  await assert.rejects(withdrawOwnReading(study, task), {
    code: "transition",
    message: /cannot be changed any more/,
  });
});

test("withdrawOwnReading: a case that others have closed is refused in the same words", async (context) => {
  const { study, task } = await oneCase(context);
  await submitReading(study, reading("x", second, "weber_b"));
  await submitReading(study, reading("x", third, "weber_b"));
  await submitOwnReading(study, task, CONTENT);
  await resolveReadings(study, { panel: "curation", who: "me" });
  await assert.rejects(withdrawOwnReading(study, task), {
    code: "transition",
    message: /cannot be changed any more/,
  });
});

test("askForReopening: of a reading that was submitted, and it stands beside it", async (context) => {
  const { study, task } = await oneCase(context);
  await assert.rejects(askForReopening(study, task, "a slip"), { code: "transition" });
  await submitOwnReading(study, task, CONTENT);
  context.mock.timers.setTime(START + 3000);
  const { at } = await askForReopening(study, task, "a slip");
  assert.equal(at, "2026-03-01T10:00:03.000Z");
  assert.equal((await ownReadingOf(study, task))?.reopeningAskedAt, at);
  const asked = { case: "x", queue: "curation", person: observer, reason: "a slip", at };
  assert.deepEqual(
    (await listReopenings(study)).map(({ id: _, ...row }) => row),
    [asked],
  );
  // Of the reading before it was taken back; the next has its own.
  await withdrawOwnReading(study, task);
  context.mock.timers.setTime(START + 4000);
  await submitOwnReading(study, task, CONTENT);
  assert.equal((await ownReadingOf(study, task))?.reopeningAskedAt, null);
});

test("readerCase: radiographs under names of the reader's own, and what was said of them", async (context) => {
  const { study, task } = await oneCase(context);
  const seen = async () =>
    readerCase(study, "secret", await findReaderTask(study, observer, task.code));
  const empty = await seen();
  assert.deepEqual([empty.state, empty.draft, empty.submitted], ["new", null, null]);
  assert.deepEqual(
    empty.images.map(({ view }) => view),
    ["ap", "lateral"],
  );
  assert.deepEqual([empty.missing, empty.findings], [["mortise"], null]);
  const [ap] = empty.images;
  assert.match(ap.id, /^[0-9a-f]{32}$/);
  const elsewhere = await findReaderTask(study, second, await codeOf(study, second, "x"));
  const theirs = await readerCase(study, "secret", elsewhere);
  assert.ok(!theirs.images.some(({ id }) => id === ap.id), "of another reader");

  const said: ReadingContent = {
    ...CONTENT,
    visibility: { [ap.id]: "easy" },
    measurements: [gap({ image: ap.id })],
  };
  const stored = await storedContent(study, "secret", task, said);
  assert.deepEqual(stored, {
    ...CONTENT,
    visibility: { [imageId("x", "ap")]: "easy" },
    measurements: [gap()],
  });
  for (const part of ["visibility", "measurements"] as const) {
    const { [part]: _, ...without } = said;
    const { [part]: __, ...expected } = stored;
    assert.deepEqual(await storedContent(study, "secret", task, without), expected, part);
  }
  await assert.rejects(
    storedContent(study, "secret", task, { visibility: { ["0".repeat(32)]: "easy" } }),
    { code: "record" },
  );
  await saveDraft(study, task, { version: 0, content: stored });
  const draft = await seen();
  assert.deepEqual([draft.state, draft.draft?.content], ["draft", said]);
  await submitOwnReading(study, task, stored);
  const done = await seen();
  assert.deepEqual([done.state, done.draft], ["submitted", null]);
  assert.deepEqual(done.submitted?.content, said);
});
