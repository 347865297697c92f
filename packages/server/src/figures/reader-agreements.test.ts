/** Agreement of readers is computed beside those who save, and anew when somebody has said something else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { assignReaders, resolveReadings, submitReading } from "@malleolus/studies";
import { addCases, OBSERVERS, reading, studyWithPeople } from "@malleolus/studies/test-people";
import { openReaderAgreements } from "./reader-agreements.ts";

const CASES = Array.from({ length: 40 }, (_, i) => `case-${i}`);

test("openReaderAgreements: nobody waits for it, and it is of what stands in the study now", async (context) => {
  const study = await studyWithPeople(context);
  await addCases(
    study,
    [...CASES, "later"].map((id) => ({ id })),
  );
  await assignReaders(study, "curation");
  const readAll = async (id: string) => {
    for (const reader of OBSERVERS) {
      const said = Number(id.replace(/\D/g, "")) % 2 === 0 ? "weber_a" : "weber_b";
      await submitReading(study, reading(id, reader, said));
    }
  };
  for (const id of CASES) await readAll(id);
  await resolveReadings(study, { panel: "curation", who: "test" });
  const agreements = openReaderAgreements(study);
  context.after(() => agreements.close());

  let turns = 0;
  let isOver = false;
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const [first] = await agreements.now();
  isOver = true;
  // Five hundred resamples of four figures would have held this process up in one turn.
  assert.ok(turns > 20, `${turns} turns`);
  const kappa = first.fleissKappa.value?.toFixed(6);
  assert.deepEqual([first.panel, first.cases, kappa], ["curation", 40, "1.000000"]);
  assert.deepEqual(await agreements.now(), [first]);

  await readAll("later");
  await resolveReadings(study, { panel: "curation", who: "test" });
  const [then] = await agreements.now();
  assert.equal(then.cases, 41);
  await agreements.close();
});
