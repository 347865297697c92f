/** The whole demonstration, small: a few patients, a few steps, everything else as it is. */
import assert from "node:assert/strict";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { shippedPreliminary } from "@malleolus/networks";
import { demoRecipe } from "@malleolus/runs";
import { selectionAuditSchema } from "@malleolus/schema";
import { run } from "../test-command.ts";
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
  const options = {
    folder,
    plan,
    recipe,
    weights: null,
    preliminary: shippedPreliminary(),
    progress,
  };
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
  const page = readFileSync(result.reportPath, "utf8");
  assert.match(page, /not a medical device/);
  // Its networks proposed, chose, and were drawn over with and without.
  const { preliminary } = report;
  assert.deepEqual(
    preliminary.measures.map(({ structure }: { structure: string }) => structure),
    ["fibula", "tibia", "fracture"],
  );
  assert.ok(preliminary.radiographs > 20, `${preliminary.radiographs}`);
  assert.equal(preliminary.selection.picked, 23);
  assert.ok(preliminary.selection.passedOver > 0);
  assert.equal(preliminary.assistance.drawings.unassisted > 0, true);
  assert.match(page, /id="preliminary"/);
  assert.match(page, /Whether choosing helps.*49 tuning patients, of another simulated study/s);
  for (const number of STAGES.keys()) {
    assert.match(said, new RegExp(`\\[ ?${number + 1}/${STAGES.length}\\]`));
  }

  said = "";
  const again = await runDemo({ ...options, stop: go });
  assert.equal(again?.passed, false);
  assert.match(said, /annotators outline bones and fractures: done before/);
  const other = { ...options, plan: { ...plan, seed: "other" }, stop: go };
  await assert.rejects(runDemo(other), /expected a demonstration of this version/);

  await context.test(
    "audit-selection: trains what the plan says on its annotated study, and goes on where it was",
    () => auditIn(folder),
  );
});

async function auditIn(folder: string): Promise<void> {
  const study = join(folder, "study");
  const planFile = join(folder, "audit-plan.json");
  const auditPlan = {
    format: "malleolus-selection-audit-1",
    fixedAt: "2026-01-01T00:00:00Z",
    strategy: "hard",
    control: "random",
    sizes: [4, 8],
    seeds: [1, 2],
    outcomes: ["macro AUC", "fracture Dice"],
    recipe: "audit-recipe.json",
    bootstrap: { seed: 1, resamples: 50 },
  };
  writeFileSync(planFile, JSON.stringify(auditPlan));
  const model = { ...recipe.model, classes: ["to be replaced"] };
  const tiny = { ...recipe, name: "tiny", steps: 1, dtype: "float32", model };
  writeFileSync(join(folder, "audit-recipe.json"), JSON.stringify(tiny));
  const out = join(folder, "audit");
  const args = ["audit-selection", planFile, "--study", study, "--out", out, "--threads", "1"];
  const { code, said, written } = await run(...args);
  assert.equal(code, 0, said);
  assert.match(said, /training 8 of 8: random-8-seed-2/);
  assert.match(written, /^measured on \d+ tuning patients, means of 2 seeds\n/);
  assert.match(written, /macro AUC, which decides: .*; by seed [+-]\d\.\d{3}, [+-]\d\.\d{3}\n/);
  const audit = selectionAuditSchema.parse(
    JSON.parse(readFileSync(join(out, "audit.json"), "utf8")),
  );
  assert.deepEqual(
    audit.outcomes.map(({ outcome, strategy }) => [outcome, strategy.map(({ size }) => size)]),
    [
      ["macro AUC", [4, 8]],
      ["fracture Dice", [4, 8]],
    ],
  );
  assert.equal(globSync("trainings/*/recipe.json", { cwd: out }).length, 8);
  const trained = readFileSync(join(out, "trainings", "random-8-seed-1", "recipe.json"), "utf8");
  assert.deepEqual([JSON.parse(trained).data.images, JSON.parse(trained).seed], [8, 1]);

  // What was measured is not trained again, and gives the same answer.
  rmSync(join(out, "trainings"), { recursive: true });
  rmSync(join(out, "measured", "hard-4-seed-1.json"));
  const again = await run(...args, "--json");
  assert.equal(again.code, 0, again.said);
  assert.equal(globSync("trainings/*", { cwd: out }).length, 1);
  assert.deepEqual(JSON.parse(again.written), audit);
  writeFileSync(planFile, JSON.stringify({ ...auditPlan, sizes: [4, 6] }));
  assert.match((await run(...args)).said, /expected the plan that this audit began with/);
  const other = join(folder, "other-plan.json");
  writeFileSync(other, JSON.stringify({ ...auditPlan, recipe: "preliminary-segmentation" }));
  const elsewhere = ["--study", study, "--out", join(folder, "audit-2")];
  assert.match(
    (await run("audit-selection", other, ...elsewhere)).said,
    /expected a recipe of detection, .* got "preliminary-segmentation" of kind "segmentation"/,
  );
}
