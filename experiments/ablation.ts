/**
 * What the paper leaves open, one change at a time: short trainings on FracAtlas at a reduced size, of
 * one seed, evaluated on its validation images. Started by hand; an arm that was cut is resumed, one
 * that is done is not run again:
 *
 *     node experiments/ablation.ts FRACATLAS WEIGHTS OUT [STEPS [ARM...]]
 *
 * FRACATLAS holds train.json, valid.json and images/; WEIGHTS is MSRA's ResNet-50. On two cores with
 * AMX an arm of 1,200 steps, STEPS unless given, takes about a quarter of an hour; two processes with
 * OMP_NUM_THREADS=1 may work at different arms.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DetectorRecipe, shortRecipe } from "./short-recipe.ts";

const [fracatlas, weights, out, stepsText = "1200", ...chosen] = process.argv.slice(2);
const steps = Number(stepsText);
if (out === undefined || !Number.isInteger(steps) || steps < 1) {
  console.error("usage: node experiments/ablation.ts FRACATLAS WEIGHTS OUT [STEPS [ARM...]]");
  process.exit(2);
}

interface Arm {
  readonly name: string;
  readonly change: (recipe: DetectorRecipe) => DetectorRecipe;
  readonly withWeights?: false;
}

const whole = shortRecipe(steps);
// Of one view: half the time of an evaluation.
const small = { ...whole, preprocess: { ...whole.preprocess, testTimeFlip: false } };

const arms: readonly Arm[] = [
  { name: "as it is", change: (recipe) => recipe },
  { name: "no weights", change: (recipe) => recipe, withWeights: false },
  {
    name: "fine mask head",
    change: (recipe) => ({
      ...recipe,
      model: {
        ...recipe.model,
        roi: {
          ...recipe.model.roi,
          mask: {
            ...recipe.model.roi.mask,
            head: { kind: "fine", detailChannels: 64, refinements: 2 },
          },
        },
      },
    }),
  },
  {
    name: "radiographs as they come",
    change: (recipe) => ({ ...recipe, sampling: { kind: "shuffled" } }),
  },
  {
    name: "no negatives",
    change: (recipe) => ({ ...recipe, sampling: { kind: "negative-fraction", fraction: 0 } }),
  },
  {
    name: "both kinds alike",
    change: (recipe) => ({ ...recipe, sampling: { kind: "class-balanced" } }),
  },
  {
    name: "no average",
    change: (recipe) => ({ ...recipe, weightAverage: null }),
  },
  {
    name: "one anchor size a level",
    change: (recipe) => ({
      ...recipe,
      model: {
        ...recipe.model,
        anchors: {
          ...recipe.model.anchors,
          sizes: recipe.model.anchors.sizes.map(([size]) => [size]),
        },
      },
    }),
  },
];

const unknown = chosen.find((name) => arms.every((arm) => arm.name !== name));
if (unknown !== undefined) {
  console.error(`no arm ${unknown}; there are: ${arms.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

const images = join(fracatlas, "images");
const wanted = arms.filter(({ name }) => chosen.length === 0 || chosen.includes(name));
const rows = wanted.map((arm) => {
  const folder = join(out, arm.name.replaceAll(" ", "-"));
  mkdirSync(folder, { recursive: true });
  const found = join(folder, "evaluation", "evaluation.json");
  if (!existsSync(found)) {
    const recipe = join(folder, "recipe.json");
    const changed = arm.change({ ...small, name: `ablation: ${arm.name}` });
    writeFileSync(recipe, JSON.stringify(changed));
    const run = join(folder, "run");
    malleolus(
      ...["train", "--coco", join(fracatlas, "train.json"), "--images", images],
      ...["--recipe", recipe, "--out", run],
      ...(arm.withWeights === false ? [] : ["--weights", weights]),
    );
    malleolus(
      ...["evaluate", "--coco", join(fracatlas, "valid.json"), "--images", images],
      ...["--checkpoint", run, "--out", join(folder, "evaluation")],
    );
  }
  return { arm: arm.name, evaluation: JSON.parse(readFileSync(found, "utf8")) };
});
console.log(JSON.stringify(rows));

function malleolus(...args: string[]): void {
  const main = join(import.meta.dirname, "../packages/cli/src/main.ts");
  const { status } = spawnSync(process.execPath, [main, ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) process.exit(status ?? 1);
}
