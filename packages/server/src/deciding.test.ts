/**
 * Who decides where readers differ: a senior sees no reading before the own view is kept, nobody decides on a case
 * that they read, and the panel's talk is written down by one of its surgeons.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { decidingCaseSchema, decidingListSchema } from "@malleolus/schema";
import { adjudicateReading, createRound, type Study, submitReading } from "@malleolus/studies";
import { addCases, OBSERVERS, reading, SURGEONS } from "@malleolus/studies/test-people";
import { addReadableCases, type Client, joinRoom, setUp, testRoom } from "./test-room.ts";

type Context = Parameters<typeof testRoom>[0];

/** Cases that all observers have read: each word is what one of them said. */
async function room(context: Context, cases: Readonly<Record<string, readonly string[]>>) {
  const given = await testRoom(context);
  await addReadableCases(given.study, Object.keys(cases));
  for (const [caseId, said] of Object.entries(cases)) {
    for (const [index, word] of said.entries()) {
      const note = `seen by ${index}`;
      await submitReading(given.study, { ...reading(caseId, OBSERVERS[index], word), note });
    }
  }
  const administrator = await setUp(given);
  const join = (person: string) => joinRoom(given, administrator, { person });
  return { ...given, join };
}

async function listOf(client: Client) {
  return decidingListSchema.parse((await client.get("/api/deciding")).json()).entries;
}

const act = (client: Client, code: string, what: "own-view" | "decision", body: object) =>
  client.send("POST", `/api/deciding/${code}/${what}`, { requestId: randomUUID(), ...body });

const weber = (letter: string) => ({ kind: "class", id: `weber_${letter}` });

function verdictsOf({ database }: Study) {
  return database.selectFrom("verdicts").selectAll().orderBy("case_id").execute();
}

test("deciding: the readings come after the own view, without names, and the decision with a reason", async (context) => {
  const { study, join } = await room(context, {
    differs: ["weber_a", "weber_b", "weber_b"],
    agrees: ["weber_b", "weber_b", "weber_b"],
    "left out": ["-cast", "-cast", "weber_b"],
    "half read": ["weber_a", "weber_b"],
  });
  const senior = await join("senior");
  const entries = await listOf(senior);
  assert.deepEqual(
    entries.map(({ kind, views }) => [kind, views]),
    [["adjudication", ["ap", "mortise", "lateral"]]],
  );
  const [{ code }] = entries;
  const url = `/api/deciding/${code}`;
  const before = await senior.get(url);
  const found = decidingCaseSchema.parse(before.json());
  assert.deepEqual([found.ownView, found.readings], [null, null]);
  assert.doesNotMatch(before.body, /weber|seen by|observer|differs/);
  const [{ id }] = found.case.images;
  assert.equal((await senior.get(`${url}/images/${id}/half`)).statusCode, 200);

  const early = await act(senior, code, "decision", { decision: weber("b"), reason: "the gap" });
  assert.deepEqual([early.statusCode, early.json().code], [409, "state"]);
  const unknown = await act(senior, code, "own-view", { decision: weber("d"), seconds: 1 });
  assert.equal(unknown.json().code, "invalid", unknown.body);
  const own = await act(senior, code, "own-view", { decision: weber("c"), seconds: 12.5 });
  const shown = decidingCaseSchema.parse(own.json());
  assert.deepEqual(shown.ownView, weber("c"));
  assert.deepEqual(
    shown.readings?.map(({ decision, note }) => `${decision.id} ${note}`).toSorted(),
    ["weber_a seen by 0", "weber_b seen by 1", "weber_b seen by 2"],
  );
  assert.doesNotMatch(own.body, /observer-\d/);
  assert.deepEqual(decidingCaseSchema.parse((await senior.get(url)).json()), shown);
  const again = await act(senior, code, "own-view", { decision: weber("b"), seconds: 1 });
  assert.equal(again.json().code, "state", "an own view is not changed once the readings are seen");
  const kept = await study.database
    .selectFrom("readings")
    .select(["reader", "decision_id", "seconds", "blind"])
    .where("panel", "=", "senior")
    .execute();
  assert.deepEqual(
    kept.map((row) => ({ ...row })),
    [{ reader: "senior", decision_id: "weber_c", seconds: 12.5, blind: 1 }],
  );

  const silent = await act(senior, code, "decision", { decision: weber("b"), reason: " " });
  assert.equal(silent.statusCode, 400);
  const decided = await act(senior, code, "decision", { decision: weber("b"), reason: "the gap" });
  assert.equal(decided.statusCode, 200, decided.body);
  const [verdict] = await verdictsOf(study);
  assert.deepEqual(
    [verdict.case_id, verdict.decision_id, verdict.how, verdict.who, verdict.why],
    ["differs", "weber_b", "adjudicated", "senior", "the gap"],
  );
  assert.deepEqual(await listOf(senior), []);
  assert.equal((await senior.get(url)).statusCode, 404);
});

test("deciding: nobody decides on a case that they read, before a panel or in a round", async (context) => {
  const { study, join } = await room(context, { "case-1": ["weber_a", "weber_b", "weber_c"] });
  const both = study.configuration.observers.find(({ id }) => id === OBSERVERS[2]);
  both?.roles.push("senior");
  assert.deepEqual(await listOf(await join(OBSERVERS[2])), [], "an observer of the case");
  const senior = await join("senior");
  const [{ code }] = await listOf(senior);
  await act(senior, code, "own-view", { decision: weber("a"), seconds: 1 });
  const people = ["senior"];
  const round = { name: "Again", people, repeatShare: 0, washoutDays: 0, seed: 1 };
  await createRound(study, round, { who: "test", at: new Date().toISOString() });
  assert.deepEqual(await listOf(senior), [], "a reader of a round");
  const refused = await act(senior, code, "decision", { decision: weber("a"), reason: "why" });
  assert.equal(refused.statusCode, 404);
  const given = { caseId: "case-1", who: "senior", why: "why" };
  const decision = { kind: "class", id: "weber_a" } as const;
  await assert.rejects(adjudicateReading(study, { ...given, decision }), /did not read it/);
  assert.deepEqual(await verdictsOf(study), []);
});

test("deciding: surgeons see one another's readings without names, and any of them records the minutes", async (context) => {
  const { study, join } = await room(context, {});
  await addCases(study, [{ id: "tested", state: "internal test", class: "weber_b" }]);
  const { database } = study;
  for (const [seat, person] of SURGEONS.entries()) {
    const position = String(seat).repeat(20);
    const task = {
      queue: "reference" as const,
      case_id: "tested",
      person,
      seat,
      position,
      done: 0,
    };
    await database.insertInto("tasks").values(task).execute();
  }
  const [first, second, third] = SURGEONS;
  await submitReading(study, reading("tested", first, "weber_a"));
  await submitReading(study, reading("tested", second, "weber_b"));
  const surgeon = await join(second);
  assert.deepEqual(await listOf(surgeon), [], "one surgeon has still to read");
  await submitReading(study, { ...reading("tested", third, "weber_b"), note: "oblique" });
  const [{ code, kind }] = await listOf(surgeon);
  assert.equal(kind, "consensus");
  const answer = await surgeon.get(`/api/deciding/${code}`);
  const { readings } = decidingCaseSchema.parse(answer.json());
  assert.deepEqual(readings?.map(({ decision }) => decision.id).toSorted(), [
    "weber_a",
    "weber_b",
    "weber_b",
  ]);
  assert.doesNotMatch(answer.body, /surgeon-\d|tested/);
  const view = await act(surgeon, code, "own-view", { decision: weber("b"), seconds: 1 });
  assert.equal(view.json().code, "state");
  const minutes = "All three saw the oblique line.";
  const decided = await act(surgeon, code, "decision", { decision: weber("b"), reason: minutes });
  assert.equal(decided.statusCode, 200, decided.body);
  const [verdict] = await verdictsOf(study);
  assert.deepEqual([verdict.panel, verdict.how, verdict.why], ["reference", "consensus", minutes]);
  assert.deepEqual(await listOf(await join(first)), []);
});
