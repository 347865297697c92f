/**
 * Short trainings on FracAtlas, one change at a time, each on one half of the training radiographs and measured on the
 * other: what helps on both halves may go into the recipe, and valid.json has not been looked at. Started by hand; an
 * arm that was cut goes on, one that is done is not run again:
 *
 *     node experiments/fold-probes.ts FRACATLAS WEIGHTS OUT [STEPS [LIMIT [ARM[=WEIGHTS]...]]]
 *
 * FRACATLAS holds train.json, normals.json and images/; WEIGHTS is MSRA's ResNet-50, an arm's own weights stand behind its
 * name: those of EfficientNet-Lite2 for `lite`, what `simulated-bones` says for `lite from simulated`, which is the same
 * recipe. `fold-pairs` holds two arms against one another. Near-duplicates are in one half.
 * STEPS is 1,200 unless given, LIMIT the radiographs of a half that are measured (704, all of them). With AMX the
 * steps of an arm should take half an hour for both halves, by the ablation's; without AMX two to three hours. Two
 * processes with OMP_NUM_THREADS=1 may work at different arms. Findings count from a score of 0.001.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writeHalves } from "./fracatlas-halves.ts";
import { type DetectorRecipe, shortLiteRecipe, shortRecipe } from "./short-recipe.ts";

const [fracatlas, weights, out, stepsText = "1200", limitText = "704", ...chosen] =
  process.argv.slice(2);
const [steps, limit] = [Number(stepsText), Number(limitText)];
if (out === undefined || !(steps >= 1) || !(limit >= 1)) {
  console.error(
    "usage: node experiments/fold-probes.ts FRACATLAS WEIGHTS OUT [STEPS [LIMIT [ARM[=WEIGHTS]...]]]",
  );
  process.exit(2);
}

interface Arm {
  readonly name: string;
  readonly change: (recipe: DetectorRecipe) => DetectorRecipe;
  /** Trains on the 2,123 further radiographs without a fracture, too. */
  readonly withNormals?: true;
  /** EfficientNet-Lite2's recipe instead of ResNet-50's. It needs weights of its own. */
  readonly isLite?: true;
}

const small = shortRecipe(steps);
const lite = shortLiteRecipe(steps);

const withModel =
  (change: (model: DetectorRecipe["model"]) => DetectorRecipe["model"]) =>
  (recipe: DetectorRecipe): DetectorRecipe => ({ ...recipe, model: change(recipe.model) });
const withRoi = (change: (roi: DetectorRecipe["model"]["roi"]) => DetectorRecipe["model"]["roi"]) =>
  withModel((model) => ({ ...model, roi: change(model.roi) }));

const arms: readonly Arm[] = [
  { name: "as it is", change: (recipe) => recipe },
  {
    name: "one view",
    change: (recipe) => ({
      ...recipe,
      preprocess: { ...recipe.preprocess, testTimeFlip: false },
    }),
  },
  { name: "all normals", change: (recipe) => recipe, withNormals: true },
  {
    name: "image head",
    change: withModel((model) => ({
      ...model,
      imageHead: { hiddenChannels: 256, lossWeight: 1, weighsScores: true },
    })),
  },
  {
    name: "box loss twofold",
    change: withRoi((roi) => ({ ...roi, box: { ...roi.box, boxLossWeight: 2 } })),
  },
  { name: "canonical size 112", change: withRoi((roi) => ({ ...roi, canonicalBoxSize: 112 })) },
  { name: "objects from IoU 0.6", change: withRoi((roi) => ({ ...roi, iouThreshold: 0.6 })) },
  {
    name: "windows",
    change: (recipe) => ({
      ...recipe,
      input: {
        ...recipe.input,
        window: { side: 384, around: ["fracture"], probability: 0.67, stepShare: 1 },
      },
    }),
  },
  { name: "lite", change: (recipe) => recipe, isLite: true },
  { name: "lite from simulated", change: (recipe) => recipe, isLite: true },
];

const asked = chosen.map((text) => {
  const [, name, own] = /^([^=]*)(?:=(.*))?$/.exec(text) ?? [];
  const arm = arms.find((one) => one.name === name);
  if (arm === undefined) {
    console.error(`no arm ${name}; there are: ${arms.map((one) => one.name).join(", ")}`);
    process.exit(2);
  }
  if (arm.isLite && own === undefined) {
    console.error(`${name}: expected its weights, got none; give ${name}=WEIGHTS`);
    process.exit(2);
  }
  return { arm, initial: own ?? weights };
});
const planned =
  asked.length > 0
    ? asked
    : arms.filter(({ isLite }) => !isLite).map((arm) => ({ arm, initial: weights }));

mkdirSync(out, { recursive: true });
const halves = writeHalves(fracatlas, out);
const images = join(fracatlas, "images");
// Half by half: where time ends, what is there can be compared.
for (const [half, path] of halves.entries()) {
  for (const { arm, initial } of planned) {
    const folder = join(out, `${arm.name.replaceAll(" ", "-")}-${half}`);
    mkdirSync(folder, { recursive: true });
    const found = join(folder, "evaluation", "evaluation.json");
    if (!existsSync(found)) {
      const recipe = join(folder, "recipe.json");
      writeFileSync(
        recipe,
        JSON.stringify(arm.change({ ...(arm.isLite ? lite : small), name: `probe: ${arm.name}` })),
      );
      const normals = arm.withNormals === true ? [join(fracatlas, "normals.json")] : [];
      malleolus(
        ...["train", "--coco", halves[1 - half], ...normals, "--images", images],
        ...["--recipe", recipe, "--weights", initial, "--out", join(folder, "run")],
      );
      malleolus(
        ...["evaluate", "--coco", path, "--images", images, "--threshold", "0.001"],
        ...["--limit", String(limit), "--checkpoint", join(folder, "run")],
        ...["--out", join(folder, "evaluation")],
      );
    }
    console.log(`${arm.name}, half ${half}: ${figuresOf(found)}`);
  }
}

function figuresOf(path: string): string {
  const precision = z.looseObject({
    averagePrecision: z.looseObject({
      all: z.number().nullable(),
      iou50: z.number().nullable(),
      iou75: z.number().nullable(),
    }),
  });
  const area = z.looseObject({ auc: z.number() }).nullable();
  const { box, mask, imageLevel, froc } = z
    .looseObject({
      box: precision,
      mask: precision,
      imageLevel: z.looseObject({ auc: area, highestScoreAuc: area.optional() }),
      froc: z.array(
        z.looseObject({
          allowed: z.number(),
          sensitivity: z.looseObject({ share: z.number().nullable() }),
        }),
      ),
    })
    .parse(JSON.parse(readFileSync(path, "utf8")));
  const text = (value: number | null | undefined) => value?.toFixed(3) ?? "–";
  const at = froc.find(({ allowed }) => allowed === 0.5)?.sensitivity.share;
  const { averagePrecision: ap } = box;
  return (
    `box AP ${text(ap.all)}, AP50 ${text(ap.iou50)}, AP75 ${text(ap.iou75)}; ` +
    `mask AP50 ${text(mask.averagePrecision.iou50)}; image AUC ${text(imageLevel.auc?.auc)}` +
    `${imageLevel.highestScoreAuc == null ? "" : `, by the highest score ${text(imageLevel.highestScoreAuc.auc)}`}; ` +
    `found at 0.5 false boxes an image ${text(at)}`
  );
}

function malleolus(...args: string[]): void {
  const main = join(import.meta.dirname, "../packages/cli/src/main.ts");
  const { status } = spawnSync(process.execPath, [main, ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) process.exit(status ?? 1);
}
