/**
 * The paper's study on simulated hospitals, as large as the paper's, in one go: curated, annotated,
 * trained on 749 radiographs with a recipe, tested on 100 patients inside and 80 outside. Started by
 * hand; one that was cut goes on where it was:
 *
 *     node experiments/paper-study.ts WEIGHTS OUT [RECIPE]
 *
 * WEIGHTS is MSRA's ResNet-50; RECIPE is `paper-cpu` unless another is named. It prints the figures of
 * each test as JSON and leaves the report and the run under OUT. With `paper-cpu` on two cores with AMX it
 * takes about an hour, a quarter of which are simulated radiographs.
 *
 * The paper trained on 326 radiographs with and 423 without a fracture. Here they are 500 and 249,
 * since each of the four classes has as many patients.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { type DemoPlan, demoPlan, demoProgress, runDemo, stopOnSignals } from "@malleolus/cli/demo";
import { shippedPreliminary } from "@malleolus/networks";
import { namedRecipe, namedRecipes } from "@malleolus/runs";
import { readInitialWeights } from "@malleolus/training";

const [weights, out, recipeName = "paper-cpu"] = process.argv.slice(2);
const recipe = namedRecipe(recipeName);
if (out === undefined || recipe === undefined) {
  const names = namedRecipes.map(({ recipe }) => recipe.name).join(", ");
  console.error(`usage: node experiments/paper-study.ts WEIGHTS OUT [RECIPE: ${names}]`);
  process.exit(2);
}

const plan: DemoPlan = {
  ...demoPlan,
  seed: "paper",
  // 384 pixels on the shorter side of most, what `paper-cpu` looks at.
  pitchMm: 0.4,
  internal: { perClass: 125, excluded: 12 },
  external: { perClass: 25, excluded: 4 },
  splits: {
    ...demoPlan.splits,
    training: { fracture: 500, noFracture: 249 },
    internalTestPatientsPerClass: 25,
    internalTestReservePerClass: 5,
    externalTestPatients: 80,
  },
};

mkdirSync(out, { recursive: true });
const progress = demoProgress({
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
});
const signals = stopOnSignals(() => progress.say("ending at the next safe point"));
const result = await runDemo({
  folder: out,
  plan,
  recipe,
  weights: readInitialWeights(weights),
  preliminary: shippedPreliminary(),
  progress,
  stop: signals.signal,
});
progress.end();
signals.dispose();
if (result === null) process.exit(1);
const { tests } = JSON.parse(readFileSync(result.jsonPath, "utf8"));
console.log(JSON.stringify(tests));
