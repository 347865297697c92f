/** Who decides where readers differ, on what, and what they are shown before. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { assignExternalTest } from "../assignment/assign.ts";
import { createRound } from "../rounds/rounds.ts";
import type { Study } from "../study.ts";
import { addCases, OBSERVERS, reading, SURGEONS, studyWithPeople } from "../test-people.ts";
import { assignReaders } from "./assign-readers.ts";
import {
  decideCase,
  decidingCase,
  decidingList,
  findDecidingTask,
  submitOwnView,
} from "./deciding.ts";
import { disagreementVisibleTo, readingsVisibleTo } from "./reading-visibility.ts";
import { adjudicateReading, recordConsensus, resolveReadings } from "./resolve-readings.ts";
import { submitReading, withdrawReading } from "./submit-reading.ts";

type Context = Parameters<typeof studyWithPeople>[0];
const weber = (letter: string) => ({ kind: "class", id: `weber_${letter}` }) as const;

/** Cases of which each reader said a word, as far as there are words. */
async function say(study: Study, readers: readonly string[], said: Record<string, string[]>) {
  for (const [caseId, words] of Object.entries(said)) {
    for (const [index, word] of words.entries()) {
      const note = `note ${index}`;
      await submitReading(study, { ...reading(caseId, readers[index], word), note, certainty: 4 });
    }
  }
}

async function curated(context: Context, said: Record<string, string[]>): Promise<Study> {
  const study = await studyWithPeople(context);
  await addCases(
    study,
    Object.keys(said).map((id) => ({ id, views: ["ap"] as const })),
  );
  await assignReaders(study, "curation");
  await say(study, OBSERVERS, said);
  return study;
}

/** Drawn for the external test, with its surgeons' readings. */
async function referenced(context: Context, said: Record<string, string[]>): Promise<Study> {
  const ids = Object.keys(said);
  const study = await studyWithPeople(context, [
    [/externalTestPatients = \d+/, `externalTestPatients = ${ids.length}`],
  ]);
  await addCases(
    study,
    ids.map((id) => ({ id, hospital: "b", state: "agreed", class: "weber_b", ambiguous: 0 })),
  );
  await assignExternalTest(study, "me");
  await assignReaders(study, "reference");
  await say(study, SURGEONS, said);
  return study;
}

function verdictsOf({ database }: Study) {
  return database
    .selectFrom("verdicts")
    .select(["panel", "case_id", "revision", "decision_id", "how", "ambiguous"])
    .orderBy("case_id")
    .execute();
}

test("decidingList: a senior has what all observers have read and differ on, in an order of codes", async (context) => {
  const study = await curated(context, {
    "differ-1": ["weber_a", "weber_b", "weber_b"],
    "differ-2": ["weber_a", "-cast", "weber_b"],
    "differ-3": ["weber_c", "weber_c", "no_fracture"],
    agree: ["weber_b", "weber_b", "weber_b"],
    "left out": ["-cast", "-cast", "weber_b"],
    "half read": ["weber_a", "weber_b"],
  });
  const entries = await decidingList(study, "senior");
  assert.deepEqual(
    entries.map(({ kind, views }) => [kind, views]),
    Array.from({ length: 3 }, () => ["adjudication", ["ap"]]),
  );
  const codes = entries.map(({ code }) => code);
  assert.deepEqual(codes, codes.toSorted());
  const tasks = await Promise.all(codes.map((code) => findDecidingTask(study, "senior", code)));
  assert.deepEqual(tasks.map(({ caseId }) => caseId).toSorted(), [
    "differ-1",
    "differ-2",
    "differ-3",
  ]);
  assert.deepEqual(
    tasks.map(({ place, of, previous, next }) => [place, of, previous, next]),
    [
      [1, 3, null, codes[1]],
      [2, 3, codes[0], codes[2]],
      [3, 3, codes[1], null],
    ],
  );
  for (const other of [OBSERVERS[0], SURGEONS[0], "annotator-1", "nobody"]) {
    assert.deepEqual(await decidingList(study, other), [], other);
    await assert.rejects(findDecidingTask(study, other, codes[0]), { code: "not-found" });
  }
});

test("deciding: whoever reads a case elsewhere does not decide on it", async (context) => {
  const study = await curated(context, { x: ["weber_a", "weber_b", "weber_b"] });
  const given = { caseId: "x", who: "senior", decision: weber("a"), why: "seen" };
  const round = { name: "Again", people: ["senior"], repeatShare: 0, washoutDays: 0, seed: 1 };
  await createRound(study, round, { who: "me", at: "2026-01-01T00:00:00.000Z" });
  assert.deepEqual(await decidingList(study, "senior"), []);
  await assert.rejects(adjudicateReading(study, given), {
    code: "person",
    message: /did not read/,
  });
  assert.deepEqual(await verdictsOf(study), []);
});

test("deciding: an observer who is a senior too neither sees nor decides what they read", async (context) => {
  const study = await curated(context, { x: ["weber_a", "weber_b", "weber_b"] });
  study.configuration.observers.find(({ id }) => id === OBSERVERS[1])?.roles.push("senior");
  assert.deepEqual(await decidingList(study, OBSERVERS[1]), []);
  await assert.rejects(disagreementVisibleTo(study, { caseId: "x", viewer: OBSERVERS[1] }), {
    code: "person",
    message: /read it too/,
  });
});

test("decideCase: the own view first, then the last readings without names, then what holds", async (context) => {
  const study = await curated(context, { x: ["weber_c", "weber_b", "weber_b"] });
  // Said again: the last counts.
  await say(study, OBSERVERS, { x: ["weber_a"] });
  const [{ code }] = await decidingList(study, "senior");
  const task = await findDecidingTask(study, "senior", code);
  const before = await decidingCase(study, "secret", task);
  assert.deepEqual([before.ownView, before.readings], [null, null]);
  assert.deepEqual(before.case.missing, ["mortise", "lateral"]);
  assert.deepEqual([before.case.queue, before.case.images.length], ["curation", 1]);
  const decision = weber("b");
  await assert.rejects(decideCase(study, task, { decision, reason: "gap" }), {
    code: "transition",
    message: /own view first/,
  });
  await assert.rejects(submitOwnView(study, task, { decision: weber("d"), seconds: 1 }), {
    code: "record",
  });
  await submitOwnView(study, task, { decision: weber("c"), seconds: 7 });
  await assert.rejects(submitOwnView(study, task, { decision, seconds: 1 }), {
    code: "transition",
  });
  const shown = await decidingCase(study, "secret", task);
  assert.deepEqual(shown.ownView, weber("c"));
  assert.deepEqual(
    shown.readings?.toSorted((a, b) => ((a.note ?? "") < (b.note ?? "") ? -1 : 1)),
    ["a", "b", "b"].map((letter, index) => ({
      decision: weber(letter),
      certainty: 4,
      note: `note ${index}`,
    })),
  );
  await decideCase(study, task, { decision, reason: "gap" });
  assert.deepEqual(
    (await verdictsOf(study)).map((row) => ({ ...row })),
    [
      {
        panel: "curation",
        case_id: "x",
        revision: 1,
        decision_id: "weber_b",
        how: "adjudicated",
        ambiguous: 1,
      },
    ],
  );
  const kept = await study.database
    .selectFrom("readings")
    .select(["reader", "decision_id", "seconds", "revision", "blind"])
    .where("panel", "=", "senior")
    .execute();
  assert.deepEqual(
    kept.map((row) => ({ ...row })),
    [{ reader: "senior", decision_id: "weber_c", seconds: 7, revision: 1, blind: 1 }],
  );
  assert.deepEqual(await decidingList(study, "senior"), []);
});

test("adjudicateReading: nothing to decide where observers agree, and no view that the protocol does not know", async (context) => {
  const study = await curated(context, {
    agree: ["weber_b", "weber_b", "weber_b"],
    differ: ["weber_a", "weber_b", "weber_b"],
    open: ["weber_a"],
  });
  const decide = (caseId: string, change: object) =>
    adjudicateReading(study, {
      caseId,
      who: "senior",
      decision: weber("a"),
      why: "seen",
      ...change,
    });
  await assert.rejects(decide("agree", {}), { code: "transition", message: /observers agree/ });
  await assert.rejects(decide("differ", { ownView: weber("d") }), { code: "record" });
  await assert.rejects(disagreementVisibleTo(study, { caseId: "open", viewer: "senior" }), {
    code: "person",
    message: /is "candidate fracture"; a senior sees it once all observers have read it/,
  });
  assert.deepEqual(await verdictsOf(study), []);
});

test("resolveReadings: half of the readers is no majority", async (context) => {
  const given = await studyWithPeople(context);
  // A study of two observers.
  const observers = given.configuration.observers.filter(({ id }) => id !== OBSERVERS[2]);
  const people = { ...given.protocol.people, observers: 2 };
  const study: Study = {
    ...given,
    configuration: { ...given.configuration, observers },
    protocol: { ...given.protocol, people },
  };
  await addCases(study, [{ id: "half" }, { id: "two codes" }, { id: "agree" }]);
  await assignReaders(study, "curation");
  await say(study, OBSERVERS, {
    half: ["-cast", "weber_a"],
    "two codes": ["-cast", "-callus"],
    agree: ["weber_a", "weber_a"],
  });
  assert.deepEqual(await resolveReadings(study, { panel: "curation", who: "me" }), {
    agreed: 1,
    excludedByMajority: 1,
    disagreements: ["half"],
  });
});

test("consensus: the panel talks where it differs, also where most would leave the case out", async (context) => {
  const study = await referenced(context, {
    differ: ["weber_b", "weber_b", "weber_a"],
    "mostly left out": ["-cast", "-cast", "weber_b"],
    agree: ["weber_b", "weber_b", "weber_b"],
    open: ["weber_b", "weber_a"],
  });
  const [surgeon, , last] = SURGEONS;
  const entries = await decidingList(study, surgeon);
  const tasks = await Promise.all(
    entries.map(({ code }) => findDecidingTask(study, surgeon, code)),
  );
  assert.deepEqual(tasks.map(({ kind, caseId }) => [kind, caseId]).toSorted(), [
    ["consensus", "differ"],
    ["consensus", "mostly left out"],
  ]);
  const task = tasks.find(({ caseId }) => caseId === "differ") ?? tasks[0];
  const { ownView, readings, case: shown } = await decidingCase(study, "secret", task);
  assert.deepEqual([ownView, readings?.length, shown.queue], [null, 3, "reference"]);
  await assert.rejects(submitOwnView(study, task, { decision: weber("a"), seconds: 1 }), {
    code: "transition",
  });
  await decideCase(study, task, { decision: weber("a"), reason: "talked" });
  // Of a case on which all said the same: whoever records it does not make it ambiguous.
  const agreed = { caseId: "agree", who: last, decision: weber("b"), why: "talked" };
  await recordConsensus(study, agreed);
  assert.deepEqual(
    (await verdictsOf(study)).map(({ case_id, how, ambiguous, revision }) => [
      case_id,
      how,
      ambiguous,
      revision,
    ]),
    [
      ["agree", "consensus", 0, 1],
      ["differ", "consensus", 1, 1],
    ],
  );
  await assert.rejects(recordConsensus(study, { ...agreed, caseId: "open" }), {
    code: "transition",
  });
});

test("reference: surgeons see the others' once all have read, and take a reading back until then", async (context) => {
  const study = await referenced(context, { x: ["weber_b", "weber_a"] });
  const [first, second, third] = SURGEONS;
  const see = async (viewer: string) =>
    (await readingsVisibleTo(study, { caseId: "x", panel: "reference", viewer })).others;
  assert.equal(await see(first), null);
  await withdrawReading(study, { caseId: "x", panel: "reference", reader: second });
  await say(study, [third], { x: ["weber_b"] });
  assert.equal(await see(third), null, "the second has it to read again");
  await say(study, [second], { x: ["weber_b"] });
  assert.deepEqual(
    (await see(third))?.map(({ reader }) => reader),
    [first, second],
  );
  const { state } = await study.database
    .selectFrom("cases")
    .select("state")
    .executeTakeFirstOrThrow();
  assert.equal(state, "external test");
  await assert.rejects(
    withdrawReading(study, { caseId: "x", panel: "reference", reader: second }),
    {
      code: "transition",
    },
  );
});
