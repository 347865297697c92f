import assert from "node:assert/strict";
import { test } from "node:test";
import type { Study } from "../study.ts";
import { readWorklist } from "../tasks/worklist.ts";
import { addCases, OBSERVERS, reading, studyWithPeople } from "../test-people.ts";
import { assignReaders } from "./assign-readers.ts";
import { readingMatrix } from "./reading-matrix.ts";
import { disagreementVisibleTo, readingsVisibleTo } from "./reading-visibility.ts";
import { adjudicateReading, reopenReading, resolveReadings } from "./resolve-readings.ts";
import { submitReading, withdrawReading } from "./submit-reading.ts";

/** All observers read a case, each with a word. */
async function readByAll(study: Study, caseId: string, said: readonly string[]): Promise<void> {
  for (const [index, word] of said.entries()) {
    await submitReading(study, reading(caseId, OBSERVERS[index], word));
  }
}

async function caseRow(study: Study, id: string) {
  return study.database
    .selectFrom("cases")
    .select(["state", "class", "exclusion", "ambiguous"])
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
}

test("assignReaders: every candidate goes to every observer, in orders of their own", async (context) => {
  const study = await studyWithPeople(context);
  const ids = Array.from({ length: 12 }, (_, index) => `case ${index}`);
  await addCases(study, [
    ...ids.map((id) => ({ id })),
    { id: "left out", state: "excluded by keyword" },
  ]);
  assert.deepEqual(await assignReaders(study, "curation"), { assigned: 12, withdrawn: 0 });
  assert.deepEqual(await assignReaders(study, "curation"), { assigned: 0, withdrawn: 0 });
  const orders = await Promise.all(
    OBSERVERS.map(async (person) => {
      const list = await readWorklist(study, { queue: "curation", person });
      return list.entries.map(({ caseId }) => caseId);
    }),
  );
  for (const order of orders) assert.deepEqual(order.toSorted(), ids.toSorted());
  assert.equal(new Set(orders.map((order) => order.join())).size, 3);
});

test("assignReaders: a case that is a candidate no more is taken back where nobody has begun it", async (context) => {
  const study = await studyWithPeople(context);
  await addCases(study, [{ id: "x" }, { id: "y" }, { id: "z" }]);
  await assignReaders(study, "curation");
  await submitReading(study, reading("y", OBSERVERS[0], "weber_a"));
  await study.database
    .updateTable("cases")
    .set({ state: "excluded by keyword" })
    .where("id", "in", ["x", "y"])
    .execute();
  assert.deepEqual(await assignReaders(study, "curation"), { assigned: 0, withdrawn: 1 });
  const tasks = await study.database.selectFrom("tasks").select("case_id").distinct().execute();
  assert.deepEqual(tasks.map(({ case_id }) => case_id).toSorted(), ["y", "z"]);
});

test("readWorklist: pages, views in the protocol's order, and what is done", async (context) => {
  const study = await studyWithPeople(context);
  const ids = Array.from({ length: 5 }, (_, index) => `case ${index}`);
  await addCases(
    study,
    ids.map((id) => ({ id, views: ["lateral", "ap"] as const })),
  );
  await assignReaders(study, "curation");
  const question = { queue: "curation", person: OBSERVERS[0], limit: 2 } as const;
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const { entries } = await readWorklist(study, { ...question, after });
    seen.push(...entries.map(({ caseId }) => caseId));
    after = entries.at(-1)?.position;
    for (const { images } of entries) {
      assert.deepEqual(
        images.map(({ view }) => view),
        ["ap", "lateral"],
      );
    }
  } while (after !== undefined);
  assert.deepEqual(seen.toSorted(), ids);
  await submitReading(study, reading(seen[0], OBSERVERS[0], "weber_a"));
  const left = await readWorklist(study, question);
  assert.deepEqual([left.entries[0].caseId, left.done, left.left], [seen[1], 1, 4]);
  const done = await readWorklist(study, { ...question, done: true });
  assert.deepEqual(
    done.entries.map(({ caseId }) => caseId),
    [seen[0]],
  );
});

const outcomes: readonly (readonly [
  said: readonly [string, string, string],
  state: string,
  decision: string | null,
  ambiguous: number | null,
])[] = [
  [["weber_b", "weber_b", "weber_b"], "agreed", "weber_b", 0],
  [["weber_b", "weber_b", "weber_c"], "read", null, null],
  [["-cast", "-cast", "-cast"], "excluded by reading", "cast", 0],
  [["-cast", "-callus", "-callus"], "excluded by reading", "callus", 1],
  // Of codes with as many votes the protocol's first: callus stands before cast.
  [["-cast", "-callus", "weber_a"], "excluded by reading", "callus", 1],
  [["-cast", "weber_a", "weber_a"], "read", null, null],
];
for (const [said, state, decision, ambiguous] of outcomes) {
  test(`resolveReadings: ${said.join(", ")} is ${state}`, async (context) => {
    const study = await studyWithPeople(context);
    await addCases(study, [{ id: "x" }]);
    await assignReaders(study, "curation");
    await readByAll(study, "x", said);
    assert.equal((await caseRow(study, "x")).state, "read");
    const resolved = await resolveReadings(study, { panel: "curation", who: "me" });
    const row = await caseRow(study, "x");
    assert.deepEqual(
      [row.state, row.class ?? row.exclusion, row.ambiguous],
      [state, decision, ambiguous],
    );
    assert.deepEqual(resolved, {
      agreed: ambiguous === 0 ? 1 : 0,
      excludedByMajority: ambiguous === 1 ? 1 : 0,
      disagreements: state === "read" ? ["x"] : [],
    });
  });
}

test("readingsVisibleTo: nothing of others' until the case is closed", async (context) => {
  const study = await studyWithPeople(context);
  await addCases(study, [{ id: "x" }]);
  await assignReaders(study, "curation");
  const see = (viewer: string) =>
    readingsVisibleTo(study, { caseId: "x", panel: "curation", viewer });
  await submitReading(study, reading("x", OBSERVERS[0], "weber_a"));
  await submitReading(study, { ...reading("x", OBSERVERS[0], "weber_b"), note: "gap", seconds: 9 });
  await submitReading(study, reading("x", OBSERVERS[1], "weber_b"));
  const own = await see(OBSERVERS[0]);
  assert.equal(own.others, null);
  assert.deepEqual(
    own.own.map(({ decision, note, seconds }) => [decision?.id, note, seconds]),
    [
      ["weber_a", null, null],
      ["weber_b", "gap", 9],
    ],
  );
  await submitReading(study, reading("x", OBSERVERS[2], "weber_b"));
  assert.equal((await see(OBSERVERS[2])).others, null);
  await resolveReadings(study, { panel: "curation", who: "me" });
  const others = (await see(OBSERVERS[2])).others ?? [];
  assert.deepEqual(
    others.map(({ reader, decision }) => [reader, decision?.id]),
    [
      [OBSERVERS[0], "weber_b"],
      [OBSERVERS[1], "weber_b"],
    ],
  );
  await assert.rejects(see("senior"), /expected someone with the role "observer"/);
});

test("submitReading: what it refuses", async (context) => {
  const study = await studyWithPeople(context);
  await addCases(study, [{ id: "x" }]);
  await assert.rejects(
    submitReading(study, reading("x", OBSERVERS[0], "weber_a")),
    /assign the curation's readers/,
  );
  await assignReaders(study, "curation");
  const refuses = (reader: string, said: string, expected: RegExp) =>
    assert.rejects(
      submitReading(study, { ...reading("x", reader, said), panel: "curation" }),
      expected,
    );
  await refuses("surgeon-1", "weber_a", /role "observer"/);
  await refuses(OBSERVERS[0], "weber_d", /weber_a, weber_b, weber_c, no_fracture\), got "weber_d"/);
  await refuses(OBSERVERS[0], "-tired", /expected an exclusion code/);
  await readByAll(study, "x", ["weber_a", "weber_a", "weber_a"]);
  await resolveReadings(study, { panel: "curation", who: "me" });
  await refuses(OBSERVERS[0], "weber_b", /is "agreed" and takes no more readings/);
});

test("submitReading: of a single observer, the case is read with their reading", async (context) => {
  const given = await studyWithPeople(context);
  const [observer, ...others] = OBSERVERS;
  const observers = given.configuration.observers.filter(
    ({ id }) => !others.some((other) => other === id),
  );
  const study: Study = {
    ...given,
    configuration: { ...given.configuration, observers },
    protocol: { ...given.protocol, people: { ...given.protocol.people, observers: 1 } },
  };
  await addCases(study, [{ id: "x" }]);
  await assignReaders(study, "curation");
  await submitReading(study, reading("x", observer, "weber_a"));
  assert.equal((await caseRow(study, "x")).state, "read");
});

test("withdrawReading: the case is a candidate again, with its history", async (context) => {
  const study = await studyWithPeople(context);
  await addCases(study, [{ id: "x", state: "candidate no fracture" }]);
  await assignReaders(study, "curation");
  await readByAll(study, "x", ["no_fracture", "no_fracture", "weber_a"]);
  const withdraw = { caseId: "x", panel: "curation", reader: OBSERVERS[2] } as const;
  await withdrawReading(study, withdraw);
  assert.equal((await caseRow(study, "x")).state, "candidate no fracture");
  const list = await readWorklist(study, { queue: "curation", person: OBSERVERS[2] });
  assert.equal(list.left, 1);
  await assert.rejects(withdrawReading(study, withdraw), /expected a reading of observer-3/);
  await submitReading(study, reading("x", OBSERVERS[2], "no_fracture"));
  await resolveReadings(study, { panel: "curation", who: "me" });
  const { own } = await readingsVisibleTo(study, {
    caseId: "x",
    panel: "curation",
    viewer: OBSERVERS[2],
  });
  assert.deepEqual(
    own.map(({ decision }) => decision?.id ?? null),
    ["weber_a", null, "no_fracture"],
  );
});

test("withdrawReading: before all have read, the case stays as it is", async (context) => {
  const study = await studyWithPeople(context);
  await addCases(study, [{ id: "x" }]);
  await assignReaders(study, "curation");
  const at = "2025-06-01T08:00:00.000Z";
  const [observer] = OBSERVERS;
  assert.equal(await submitReading(study, reading("x", observer, "weber_a"), at), at);
  await withdrawReading(study, { caseId: "x", panel: "curation", reader: observer });
  const { own } = await readingsVisibleTo(study, {
    caseId: "x",
    panel: "curation",
    viewer: observer,
  });
  assert.deepEqual(
    own.map(({ revision, decision }) => [revision, decision?.id ?? null]),
    [
      [1, "weber_a"],
      [2, null],
    ],
  );
  assert.deepEqual([own[0].at, own[1].at > at], [at, true]);
  assert.equal((await caseRow(study, "x")).state, "candidate fracture");
  const moved = await study.database.selectFrom("transitions").select("id").execute();
  assert.equal(moved.length, 1);
});

test("reopenReading: the case has no verdict until the next, which is another revision", async (context) => {
  const study = await studyWithPeople(context);
  await addCases(study, [{ id: "x" }]);
  await assignReaders(study, "curation");
  await readByAll(study, "x", ["-cast", "-cast", "-cast"]);
  await resolveReadings(study, { panel: "curation", who: "me" });
  await reopenReading(study, { caseId: "x", who: "senior", why: "a cast of another leg" });
  assert.deepEqual(
    { ...(await caseRow(study, "x")) },
    { state: "read", class: null, exclusion: null, ambiguous: null },
  );
  await readByAll(study, "x", ["weber_b", "weber_b", "weber_b"]);
  await resolveReadings(study, { panel: "curation", who: "me" });
  const verdicts = await study.database
    .selectFrom("verdicts")
    .select(["revision", "decision_id"])
    .orderBy("revision")
    .execute();
  assert.deepEqual(
    verdicts.map(({ revision, decision_id }) => [revision, decision_id]),
    [
      [1, "cast"],
      [2, "weber_b"],
    ],
  );
});

test("adjudicateReading: by a senior, once all have read and differ; the case is ambiguous", async (context) => {
  const study = await studyWithPeople(context);
  await addCases(study, [{ id: "x" }]);
  await assignReaders(study, "curation");
  const decide = (who: string) =>
    adjudicateReading(study, {
      caseId: "x",
      who,
      decision: { kind: "class", id: "weber_c" },
      why: "begins above the syndesmosis",
      ownView: { kind: "class", id: "weber_b" },
    });
  await assert.rejects(decide("senior"), /a reading is missing, or the case has its verdict/);
  await readByAll(study, "x", ["weber_b", "weber_b", "weber_c"]);
  await assert.rejects(decide(OBSERVERS[0]), /role "senior"/);
  const seen = await disagreementVisibleTo(study, { caseId: "x", viewer: "senior" });
  assert.deepEqual(seen.map(({ decision }) => decision.id).toSorted(), [
    "weber_b",
    "weber_b",
    "weber_c",
  ]);
  await decide("senior");
  const row = await caseRow(study, "x");
  assert.deepEqual([row.state, row.class, row.ambiguous], ["adjudicated", "weber_c", 1]);
  const last = await study.database
    .selectFrom("transitions")
    .selectAll()
    .where("case_id", "=", "x")
    .orderBy("id", "desc")
    .executeTakeFirstOrThrow();
  assert.deepEqual(
    [last.who, last.why],
    ["senior", "weber_c, adjudicated: begins above the syndesmosis"],
  );
});

test("readingMatrix: first readings stay what they were when a case is opened again", async (context) => {
  const study = await studyWithPeople(context);
  await addCases(study, [{ id: "x" }, { id: "not yet closed" }]);
  await assignReaders(study, "curation");
  await submitReading(study, { ...reading("x", OBSERVERS[0], "weber_a"), certainty: 2 });
  await readByAll(study, "x", ["weber_b", "weber_b", "weber_b"]);
  await submitReading(study, { ...reading("x", OBSERVERS[2], "weber_b"), certainty: 4 });
  await submitReading(study, reading("not yet closed", OBSERVERS[0], "weber_a"));
  await resolveReadings(study, { panel: "curation", who: "me" });
  await reopenReading(study, { caseId: "x", who: "senior", why: "a reader asked for it" });
  await submitReading(study, reading("x", OBSERVERS[1], "weber_c"));
  const { readers, rows } = await readingMatrix(study, "curation");
  assert.deepEqual(readers, OBSERVERS);
  assert.deepEqual(
    rows.map(({ caseId, decisions }) => [caseId, decisions.map((one) => one?.id)]),
    [["x", ["weber_b", "weber_b", "weber_b"]]],
  );
  // Of the reading that counts, so that the first one's certainty has gone with its class.
  assert.deepEqual(
    rows.map(({ certainties }) => certainties),
    [[null, null, 4]],
  );
  const { disagreements } = await resolveReadings(study, { panel: "curation", who: "me" });
  assert.deepEqual(disagreements, ["x"]);
});
