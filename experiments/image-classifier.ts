/**
 * A classifier of whole radiographs, fracture against none, trained on FracAtlas' radiographs for training with all that
 * show no fracture, and judged on two of the probe's five folds, each by a training on the other four: whether it comes
 * to know more than the fit of frozen features that it begins with (Kumar et al. 2022: first the line, then the rest).
 *
 *     node experiments/image-classifier.ts FRACATLAS WEIGHTS KEPT OUT [STEPS]
 *
 * WEIGHTS are MobileNetV2's, KEPT is what linear-probe left of it. Nothing is chosen by the folds, and valid.json is
 * not read. A training that was cut goes on, one that is done is not run again. STEPS of eight, 250 unless given.
 * bench/RESULTS.md says how long it takes.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readRadiograph } from "@malleolus/data";
import { aucOf, compareAucs, NO_FRACTURE } from "@malleolus/evaluation";
import { freeModel, openClassifier, writeClassifier } from "@malleolus/networks";
import { findDetector, namedRecipe } from "@malleolus/runs";
import type { RecipeOf } from "@malleolus/schema";
import { fromTypedArray, noGrad, scope } from "@malleolus/torch";
import { z } from "zod";
import { type FoldedRadiograph, readFolds } from "./fracatlas-folds.ts";
import { floatsOf, wholeLines } from "./kept-lines.ts";
import { FEATURES as CHANNELS, mobileNetOf } from "./linear-heads.ts";
import { fitLogistic } from "./logistic-fits.ts";

const [fracatlas, weights, kept, out, stepsText = "250"] = process.argv.slice(2);
const steps = Number(stepsText);
if (out === undefined || !(steps >= 1)) {
  console.error("usage: node experiments/image-classifier.ts FRACATLAS WEIGHTS KEPT OUT [STEPS]");
  process.exit(2);
}

const JUDGED = [0, 1] as const;
const PROBES = ["mobilenet", "lite", "both"] as const;
/** As the probe chose it. */
const PENALTY = 0.3;
const PREPROCESS = { minSize: 320, maxSize: 640, maskCollimation: false, testTimeFlip: false };

const probes = z
  .record(z.string(), z.record(z.enum(PROBES), z.number()))
  .parse(JSON.parse(readFileSync(`${kept}.scores.json`, "utf8")));
const images = join(fracatlas, "images");
const all = await readFolds(fracatlas);
const means = readMeans();
mkdirSync(out, { recursive: true });
const recipePath = join(out, "recipe.json");
writeFileSync(recipePath, JSON.stringify(classifierRecipe()));
for (const fold of JUDGED) {
  const folder = join(out, `fold-${fold}`);
  mkdirSync(folder, { recursive: true });
  const paths = ["train.json", "normals.json"].map((name) => writeOthers(name, fold, folder));
  const line = join(folder, "line.safetensors");
  const begun = writeLine(fold, line);
  malleolus(
    ...["train", "--task", "classification", "--recipe", recipePath, "--coco", ...paths],
    ...["--images", images, "--weights", line, "--out", join(folder, "run")],
  );
  const judged = all.filter((one) => one.fold === fold);
  const found = join(folder, "scores.json");
  if (!existsSync(found)) writeFileSync(found, JSON.stringify(await scoresOf(folder, judged)));
  const scores = z.array(z.number()).parse(JSON.parse(readFileSync(found, "utf8")));
  compare(fold, judged, scores, begun);
}

function classifierRecipe(): RecipeOf<"classification"> {
  const base = namedRecipe("preliminary-classification-mean");
  if (base?.model.kind !== "classification")
    throw new Error("internal: no recipe preliminary-classification-mean of a classifier");
  const { backbone } = base.model;
  return {
    ...base,
    name: "fracture or none, whole radiographs",
    expected: [],
    steps,
    batchSize: 8,
    checkpointEverySteps: 50,
    validation: null,
    weightAverage: { decay: 0.98 },
    sampling: { kind: "class-balanced" },
    input: { ...base.input, minSizes: [320], maxSize: 640, minCropFraction: 0.9 },
    preprocess: PREPROCESS,
    optimizer: {
      ...base.optimizer,
      schedule: { ...base.optimizer.schedule, baseLearningRate: 0.0001 },
    },
    // What lies at a stride of 16 and 32 trains.
    model: { ...base.model, classes: [], backbone: { ...backbone, freezeAt: 7 } },
  };
}

/** Of each radiograph, the mean of every channel of MobileNetV2's last map. */
function readMeans(): Float32Array[] {
  const byName = new Map(wholeLines(kept).map((line) => line.split(" ") as [string, string]));
  return all.map(({ fileName }) => {
    const text = byName.get(`mobilenet/${fileName}`);
    if (text !== undefined) return floatsOf(text).slice(0, CHANNELS);
    throw new Error(
      `${kept}: expected what linear-probe keeps of ${fileName}, got none; run linear-probe again`,
    );
  });
}

/** Writes a classifier that says what a fit without this fold says, and returns its logits of the fold. */
function writeLine(fold: number, path: string): number[] {
  const line = fitLogistic(all, means, [{ without: [fold], penalty: PENALTY }]);
  // Half for a fracture, half against none.
  const raw = Float32Array.from(line.deviations, (one, k) => line.weights[k] / one / 2);
  const bias = line.weights[CHANNELS] / 2 - raw.reduce((sum, w, k) => sum + w * line.means[k], 0);
  const model = mobileNetOf(weights, ["fracture", NO_FRACTURE]);
  noGrad(() =>
    scope(() => {
      const both = [...raw, ...raw.map((one) => -one)];
      const own = model.classifier[1];
      own.weight.copy_(fromTypedArray(Float32Array.from(both), [2, CHANNELS]));
      own.bias?.copy_(fromTypedArray(Float32Array.from([bias, -bias]), [2]));
    }),
  );
  writeClassifier(path, model, PREPROCESS);
  freeModel(model);
  return [...line.scores].filter((_, i) => all[i].fold === fold);
}

/** The radiographs of a file that are not of this fold. */
function writeOthers(name: string, fold: number, folder: string): string {
  const set = z
    .looseObject({
      images: z.array(z.looseObject({ id: z.number(), file_name: z.string() })),
      annotations: z.array(z.looseObject({ image_id: z.number() })),
    })
    .parse(JSON.parse(readFileSync(join(fracatlas, name), "utf8")));
  const others = new Set(all.filter((one) => one.fold !== fold).map(({ fileName }) => fileName));
  const own = set.images.filter(({ file_name }) => others.has(file_name));
  const ids = new Set(own.map(({ id }) => id));
  const annotations = set.annotations.filter(({ image_id }) => ids.has(image_id));
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify({ ...set, images: own, annotations }));
  return path;
}

/** How much more likely a fracture is than none: the difference of logits. */
async function scoresOf(folder: string, judged: readonly FoldedRadiograph[]): Promise<number[]> {
  const classifier = openClassifier(findDetector(join(folder, "run")).path);
  const own = classifier.classes.indexOf("fracture");
  const scores: number[] = [];
  for (const { path } of judged) {
    const logits = classifier.logits(await readRadiograph(path));
    scores.push(logits[own] - logits[1 - own]);
  }
  classifier.close();
  return scores;
}

function compare(
  fold: number,
  judged: readonly FoldedRadiograph[],
  scores: readonly number[],
  begun: readonly number[],
): void {
  const truth = judged.map((one) => one.isFractured);
  const groups = judged.map((one) => one.group);
  const text = (own: readonly number[]) => {
    const area = aucOf(own, truth, groups);
    return `${area?.auc.toFixed(3)} (${area?.interval?.map((end) => end.toFixed(3)).join(" to ")})`;
  };
  const fractured = truth.filter(Boolean).length;
  console.log(
    `fold ${fold}, ${judged.length} radiographs, ${fractured} with a fracture: AUC ${text(scores)}`,
  );
  const frozen = (probe: (typeof PROBES)[number]) =>
    judged.map((one) => probes[one.fileName][probe]);
  const [lite, both] = [frozen("lite"), frozen("both")];
  const withLite = scores.map((score, i) => score + lite[i]);
  const than = compareAucs(withLite, both, truth);
  console.log(
    `  and frozen lite, sum of logits: ${text(withLite)}; more than frozen both by ` +
      `${than?.difference.toFixed(3)} (${than?.interval.map((end) => end.toFixed(3)).join(" to ")})`,
  );
  const others = PROBES.map((probe) => [`frozen, ${probe}`, frozen(probe)] as const);
  for (const [name, own] of [["as it began", begun] as const, ...others]) {
    const more = compareAucs(scores, own, truth);
    console.log(
      `  ${name}: ${text(own)}; more by ${more?.difference.toFixed(3)} ` +
        `(${more?.interval.map((end) => end.toFixed(3)).join(" to ")}), DeLong`,
    );
  }
}

function malleolus(...args: string[]): void {
  const main = join(import.meta.dirname, "../packages/cli/src/main.ts");
  const { status } = spawnSync(process.execPath, [main, ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) process.exit(status ?? 1);
}
