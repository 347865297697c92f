import assert from "node:assert/strict";
import { test } from "node:test";
import { assignReaders } from "../reading/assign-readers.ts";
import { adjudicateReading, reopenReading, resolveReadings } from "../reading/resolve-readings.ts";
import { submitReading } from "../reading/submit-reading.ts";
import { addCases, OBSERVERS, reading, studyWithPeople } from "../test-people.ts";
import { readFlow } from "./flow.ts";

test("readFlow: readings by what came of them; a case that is open again counts as undecided", async (context) => {
  const study = await studyWithPeople(context);
  const said = {
    agreed: ["weber_b", "weber_b", "weber_b"],
    "agreed too": ["no_fracture", "no_fracture", "no_fracture"],
    "left out": ["-cast", "-cast", "weber_b"],
    decided: ["weber_a", "weber_b", "weber_b"],
    disputed: ["weber_a", "weber_b", "weber_c"],
    "read again": ["weber_c", "weber_c", "weber_c"],
    "half read": ["weber_c"],
  };
  await addCases(
    study,
    Object.keys(said).map((id) => ({ id })),
  );
  await assignReaders(study, "curation");
  for (const [id, words] of Object.entries(said)) {
    for (const [index, word] of words.entries()) {
      await submitReading(study, reading(id, OBSERVERS[index], word));
    }
  }
  await resolveReadings(study, { panel: "curation", who: "me" });
  const decision = { kind: "class", id: "weber_a" } as const;
  await adjudicateReading(study, { caseId: "decided", who: "senior", decision, why: "low" });
  await reopenReading(study, { caseId: "read again", who: "senior", why: "asked" });
  const [inside, outside] = (await readFlow(study)).hospitals;
  const { read, readUndecided, agreed, adjudicated, excludedByReading, classes } = inside;
  assert.deepEqual(
    { read, readUndecided, agreed, adjudicated, excludedByReading, classes },
    {
      read: 6,
      readUndecided: 2,
      agreed: 2,
      adjudicated: 1,
      excludedByReading: { cast: 1 },
      classes: { weber_a: 1, weber_b: 1, no_fracture: 1 },
    },
  );
  assert.equal(outside.read, 0);
});
