/** The whole demonstration, small: a few patients, a few steps, everything else as it is. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { demoRecipe } from "@malleolus/runs";
import { demoProgress } from "./demo-progress.ts";
import { type DemoPlan, demoPlan, THRESHOLDS } from "./plan.ts";
import { runDemo } from "./run-demo.ts";
import { STAGES } from "./stages.ts";

const plan: DemoPlan = {
  ...demoPlan,
  pitchMm: 1,
  internal: { perClass: 6, excluded: 1 },
  external: { perClass: 1, excluded: 0 },
  splits: {
    ...demoPlan.splits,
    training: { fracture: 34, noFracture: 12 },
    tuningShare: 0.5,
    internalTestPatientsPerClass: 1,
    internalTestReservePerClass: 0,
    externalTestPatients: 2,
  },
};
const recipe = {
  ...demoRecipe,
  steps: 2,
  batchSize: 1,
  checkpointEverySteps: 1,
  input: { ...demoRecipe.input, minSizes: [96], maxSize: 160 },
  preprocess: { ...demoRecipe.preprocess, minSize: 96, maxSize: 160 },
};

test("runDemo: from nothing to a report, stopped on the way; another plan is refused", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-demo-"));
  context.after(() => rmSync(folder, { recursive: true }));
  let said = "";
  const output = {
    write: (text: string) => {
      said += text;
    },
    writeError: (text: string) => {
      said += text;
    },
  };
  const stopping = new AbortController();
  const progress = demoProgress(output);
  const stopInSimulation = {
    ...progress,
    count(done: number, total: number, what: string) {
      if (done === 2) stopping.abort();
      progress.count(done, total, what);
    },
  };
  const options = { folder, plan, recipe, weights: null, progress };
  const stopped = { ...options, progress: stopInSimulation, stop: stopping.signal };
  assert.equal(await runDemo(stopped), null);
  assert.ok(!existsSync(join(folder, "study")));

  const go = new AbortController().signal;
  const result = await runDemo({ ...options, stop: go });
  assert(result !== null);
  // Two steps teach nothing: the demonstration must say so.
  assert.equal(result.passed, false);
  const report = JSON.parse(readFileSync(result.jsonPath, "utf8"));
  assert.equal(report.passed, false);
  assert.equal(report.tests.length, 6);
  assert.equal(report.tests[0].evaluation.patients, 4);
  assert.equal(report.tests[2].evaluation.patients, 2);
  assert.equal(report.tests[0].evaluation.rule, "calibrated");
  assert.deepEqual(
    report.thresholds.map(({ name }: { name: string }) => name),
    Object.values(THRESHOLDS).map(({ name }) => name),
  );
  assert.equal(report.flow.hospitals[0].patients, 25);
  assert.deepEqual(report.training.points.length, recipe.steps);
  // The last stage writes the report, and is in it.
  assert.deepEqual(report.timings.length, STAGES.length);
  for (const { seconds } of report.timings) assert.ok(seconds > 0, JSON.stringify(report.timings));
  assert.match(readFileSync(result.reportPath, "utf8"), /not a medical device/);
  for (const number of STAGES.keys()) {
    assert.match(said, new RegExp(`\\[ ?${number + 1}/${STAGES.length}\\]`));
  }

  said = "";
  const again = await runDemo({ ...options, stop: go });
  assert.equal(again?.passed, false);
  assert.match(said, /annotators outline bones and fractures: done before/);
  const other = { ...options, plan: { ...plan, seed: "other" }, stop: go };
  await assert.rejects(runDemo(other), /expected a demonstration of this version/);
});
