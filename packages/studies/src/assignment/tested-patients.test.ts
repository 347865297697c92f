import assert from "node:assert/strict";
import { test } from "node:test";
import { assignReaders } from "../reading/assign-readers.ts";
import { recordConsensus, resolveReadings } from "../reading/resolve-readings.ts";
import { submitReading } from "../reading/submit-reading.ts";
import { addCases, reading, SURGEONS, studyWithPeople } from "../test-people.ts";
import { assignExternalTest } from "./assign.ts";
import { readTestSets } from "./tested-patients.ts";

test("readTestSets: outside, the easy set is the draw without the ambiguous, once the panel has decided", async (context) => {
  const study = await studyWithPeople(context, [
    [/externalTestPatients = \d+/, "externalTestPatients = 3"],
  ]);
  const ids = ["a", "b", "c"];
  await addCases(
    study,
    ids.map((id) => ({ id, hospital: "b", state: "agreed", class: "weber_b", ambiguous: 0 })),
  );
  await assignExternalTest(study, "me");
  await assignReaders(study, "reference");
  for (const id of ids) {
    for (const surgeon of SURGEONS) {
      const differs = id === "b" && surgeon === SURGEONS[2];
      await submitReading(study, reading(id, surgeon, differs ? "weber_a" : "weber_b"));
    }
  }
  await resolveReadings(study, { panel: "reference", who: "me" });
  const before = (await readTestSets(study)).external;
  assert.deepEqual([before.easy, before.undecided], [null, ["b"]]);
  const decision = { kind: "class", id: "weber_b" } as const;
  await recordConsensus(study, { caseId: "b", who: SURGEONS[0], decision, why: "talked" });
  const { difficult, easy, undecided, missing } = (await readTestSets(study)).external;
  const idsOf = (cases: typeof difficult | null) => cases?.map(({ caseId }) => caseId).toSorted();
  assert.deepEqual([idsOf(difficult), idsOf(easy)], [ids, ["a", "c"]]);
  assert.deepEqual([undecided, missing], [[], {}]);
});
