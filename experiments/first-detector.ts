/**
 * Makes the detector that comes with the project, `packages/networks/detectors`: simulated ankles of a
 * seed that no test uses, the demonstration's network from scratch on nine in ten of the patients, the
 * decision of a patient's class on the tenth. Started by hand; what is done is not done again, and a
 * training that was cut goes on:
 *
 *     node experiments/first-detector.ts OUT
 *
 * It leaves OUT/run/simulated-ankle.safetensors. On two cores without AMX the radiographs take a quarter of
 * an hour, and the training an hour.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shrinkDetector } from "@malleolus/networks";
import { demoRecipe, findDetector } from "@malleolus/runs";
import type { RecipeOf } from "@malleolus/schema";

const [out] = process.argv.slice(2);
if (out === undefined) {
  console.error("usage: node experiments/first-detector.ts OUT");
  process.exit(2);
}

const recipe: RecipeOf<"mask-rcnn"> = {
  ...demoRecipe,
  name: "first-detector",
  expected: [],
  steps: 7500,
  dtype: "float32",
  weightAverage: { decay: 0.998 },
  optimizer: {
    ...demoRecipe.optimizer,
    schedule: { ...demoRecipe.optimizer.schedule, baseLearningRate: 0.001 },
  },
  validation: { everySteps: 1500, metric: "box AP50", patience: null },
  // No placeholder may be missing: the data say which classes there are.
  model: { ...demoRecipe.model, classes: ["fracture"] },
};

mkdirSync(out, { recursive: true });
const archive = join(out, "archive");
const annotations = join(archive, "internal", "annotations.json");
const [recipeFile, run] = [join(out, "recipe.json"), join(out, "run")];
const data = ["--coco", annotations, "--images", join(archive, "internal")];

if (!existsSync(annotations)) {
  const patients = ["--per-class", "150", "--excluded", "0", "--pitch", "0.48"];
  malleolus("phantom", archive, "--hospital", "internal", "--seed", "weights", ...patients);
}
writeFileSync(recipeFile, `${JSON.stringify(recipe, null, 2)}\n`);
malleolus("train", "--recipe", recipeFile, ...data, "--tuning-share", "0.1", "--out", run);
// In the run's folder, whose record says which patients it has seen.
const small = join(run, "simulated-ankle.safetensors");
shrinkDetector(findDetector(run).path, small);
malleolus("calibrate", "--checkpoint", small, ...data, "--held-out");
console.log(small);

function malleolus(...args: string[]): void {
  const main = join(import.meta.dirname, "..", "packages", "cli", "src", "main.ts");
  const { status } = spawnSync(process.execPath, [main, ...args], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
