import assert from "node:assert/strict";
import { test } from "node:test";
import { assignAnnotators } from "../annotation/assign-annotators.ts";
import { ASSIGNMENT_STEPS, assignMissing } from "../assignment/assign.ts";
import { assignReaders } from "../reading/assign-readers.ts";
import { submitReading } from "../reading/submit-reading.ts";
import type { Study } from "../study.ts";
import { addCases, OBSERVERS, reading, studyWithPeople } from "../test-people.ts";
import { listCases } from "./list-cases.ts";
import { waitsOf } from "./waits.ts";

async function said(study: Study) {
  const waits = await waitsOf(study, await listCases(study));
  return Object.fromEntries(
    [...waits].map(([id, all]) => [id, all.map((one) => [one.for, ...one.people].join(" "))]),
  );
}

test("waitsOf: more cases than SQLite binds values", async (context) => {
  const study = await studyWithPeople(context);
  const cases = Array.from(
    { length: 40_000 },
    (_, i) => ({ id: `${i}`, state: "imported" }) as const,
  );
  const waits = await waitsOf(study, cases);
  assert.equal(waits.size, cases.length);
  assert.deepEqual(waits.get("39999"), [{ for: "report", people: [] }]);
});

test("waitsOf: from the report to the last outline, and whose turn it is", async (context) => {
  const study = await studyWithPeople(context, [
    [/internalTestPatientsPerClass = \d+/, "internalTestPatientsPerClass = 0"],
    [/internalTestReservePerClass = \d+/, "internalTestReservePerClass = 0"],
    [/externalTestPatients = \d+/, "externalTestPatients = 1"],
    [
      /(\[splits\.preliminary\]\n)fracture = \d+\nnoFracture = \d+/,
      "$1fracture = 0\nnoFracture = 0",
    ],
    [/(\[splits\.training\]\n)fracture = \d+\nnoFracture = \d+/, "$1fracture = 3\nnoFracture = 0"],
    [/tuningShare = [\d.]+/, "tuningShare = 0"],
  ]);
  await addCases(study, [
    { id: "new", state: "imported" },
    { id: "mute", state: "excluded by keyword" },
    { id: "open" },
    { id: "half" },
    { id: "disputed" },
  ]);
  await assignReaders(study, "curation");
  await submitReading(study, reading("half", OBSERVERS[1], "weber_a"));
  for (const [i, word] of ["weber_a", "weber_b", "weber_c"].entries()) {
    await submitReading(study, reading("disputed", OBSERVERS[i], word));
  }
  await addCases(study, [
    { id: "given out late" },
    { id: "trained on", state: "agreed", class: "weber_c" },
    { id: "abroad", hospital: "b", state: "agreed", class: "weber_a" },
  ]);
  assert.deepEqual(await said(study), {
    new: ["report"],
    mute: [],
    open: ["reading observer-1 observer-2 observer-3"],
    half: ["reading observer-1 observer-3"],
    disputed: ["senior"],
    "given out late": ["reading"],
    "trained on": ["assignment"],
    abroad: ["assignment"],
  });
  const { outcomes } = await assignMissing(study, ASSIGNMENT_STEPS, { who: "me" });
  assert.deepEqual(
    outcomes.map(({ outcome }) => outcome),
    ["none asked for", "drawn", "none asked for", "drawn"],
  );
  const again = await assignMissing(study, ASSIGNMENT_STEPS, { who: "me" });
  assert.deepEqual(
    again.outcomes.map(({ outcome }) => outcome),
    ["none asked for", "drawn before", "none asked for", "drawn before"],
  );
  await assignAnnotators(study, ["trained on"]);
  const after = await said(study);
  assert.deepEqual(after["trained on"], ["annotation annotator-1 annotator-2"]);
  assert.deepEqual(after.abroad, ["panel", "annotation"]);
});

test("assignMissing: says at once all that is missing, and draws nothing", async (context) => {
  const study = await studyWithPeople(context);
  await addCases(study, [{ id: "one", state: "agreed", class: "weber_c" }]);
  await assert.rejects(assignMissing(study, ASSIGNMENT_STEPS, { who: "me" }), (error: Error) => {
    assert.match(
      error.message,
      /patients of weber_a: 35 asked \(splits\.internalTestPatientsPerClass/,
    );
    assert.match(error.message, /external hospital with ap and lateral views: 167 asked/);
    assert.match(error.message, /with a fracture for preliminary training: 147 asked .*, 3 there/);
    assert.match(error.message, /without a fracture for training: 423 asked/);
    return true;
  });
  const rows = await study.database.selectFrom("assigned_images").select("assignment").execute();
  assert.deepEqual(rows, []);
});
