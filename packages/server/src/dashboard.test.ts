/** What those who run a study follow it by: agreement before anybody talked, what waits, what is closed. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import {
  agreementsSchema,
  closedAgreedSchema,
  frozenDatasSchema,
  waitingSchema,
} from "@malleolus/schema";
import { submitReading } from "@malleolus/studies";
import { OBSERVERS, reading } from "@malleolus/studies/test-people";
import { addReadableCases, setUp, testRoom } from "./test-room.ts";

const SAID = {
  same: ["weber_a", "weber_a", "weber_a"],
  other: ["weber_b", "weber_b", "weber_b"],
  differs: ["weber_a", "weber_b", "weber_b"],
  "left out": ["-cast", "-cast", "weber_b"],
  half: ["weber_a"],
};

test("dashboard: agreed cases are closed together, agreement is of first readings, and waiting cases say for whom", async (context) => {
  const given = await testRoom(context);
  await addReadableCases(given.study, Object.keys(SAID));
  for (const [caseId, said] of Object.entries(SAID)) {
    for (const [index, word] of said.entries()) {
      await submitReading(given.study, reading(caseId, OBSERVERS[index], word));
    }
  }
  const administrator = await setUp(given);
  const agreement = async () =>
    agreementsSchema.parse((await administrator.get("/api/agreement")).json()).panels;
  assert.deepEqual(await agreement(), [], "nothing is decided: nothing is told");
  const requestId = randomUUID();
  const close = () => administrator.send("POST", "/api/verdicts", { requestId });
  const closed = closedAgreedSchema.parse((await close()).json());
  assert.deepEqual(closed, { agreed: 2, excluded: 1, differing: 1 });
  assert.deepEqual(closedAgreedSchema.parse((await close()).json()), closed, "tried again");
  const [curation] = await agreement();
  assert.deepEqual([curation.panel, curation.cases, curation.unanimous.count], ["curation", 3, 2]);
  assert.equal(curation.pairs.length, 3);
  assert.ok((curation.fleissKappa.value ?? 0) > 0.5);

  const { cases, of } = waitingSchema.parse((await administrator.get("/api/waiting")).json());
  assert.equal(of, 4);
  const waits = Object.fromEntries(cases.map((one) => [one.case, one.waits]));
  assert.deepEqual(waits.differs, [{ for: "senior", people: [] }]);
  assert.deepEqual(waits.half, [{ for: "reading", people: [OBSERVERS[1], OBSERVERS[2]] }]);
  const since = cases.map((one) => one.since);
  assert.deepEqual(since, since.toSorted());

  const none = frozenDatasSchema.parse((await administrator.get("/api/datasets")).json());
  assert.deepEqual(none.datasets, []);
  const early = await administrator.send("POST", "/api/datasets", { requestId: randomUUID() });
  assert.match(early.json().message, /assigned to training/);
  const unknown = await administrator.get(`/api/datasets/${"0".repeat(12)}/changes`);
  assert.equal(unknown.statusCode, 404);
});
