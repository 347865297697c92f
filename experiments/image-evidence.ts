/**
 * What says that a radiograph shows a fracture: a detector's highest score, its image head, and lines through frozen
 * features of photographs, each alone and together, on the tuning radiographs of a training on FracAtlas.
 *
 *     node experiments/image-evidence.ts FRACATLAS RUN KEPT SEEN
 *
 * RUN is of `train --coco train.json normals.json --tuning-share`, with an image head; KEPT is what `linear-probe.ts`
 * kept of all of these. The lines are fitted on the radiographs that RUN trained on; the penalty is the one that the
 * probe's folds chose. Nothing is fitted on the tuning radiographs: sums of logits weigh alike. SEEN keeps what the
 * detector sees, a line a radiograph, and the same command goes on where it was cut. valid.json is not read.
 */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { readRadiograph } from "@malleolus/data";
import { aucOf, compareAucs } from "@malleolus/evaluation";
import { prepareImage } from "@malleolus/imaging";
import { examineWithFlip, maskRcnn } from "@malleolus/networks";
import { bestCheckpoint, fileSha256, latestCheckpoint, readSeenImages } from "@malleolus/runs";
import { detectorConfig, detectorPreprocess } from "@malleolus/schema";
import { nn, readSafetensors, scope } from "@malleolus/torch";
import { type FoldedRadiograph, readFolds } from "./fracatlas-folds.ts";
import { floatsOf, wholeLines } from "./kept-lines.ts";
import { fitLogistic } from "./logistic-fits.ts";

const [fracatlas, run, kept, seenPath] = process.argv.slice(2);
if (seenPath === undefined) {
  console.error("usage: node experiments/image-evidence.ts FRACATLAS RUN KEPT SEEN");
  process.exit(2);
}

const [PENALTY, LEAST] = [0.3, 1e-6];
/** Of what the lines are fitted on, and of the tuning radiographs. */
const [TRAINED, TUNING] = [0, 1];

interface Evidence {
  /** Before the image head weighs it; 0 where nothing was found. */
  readonly highest: number;
  readonly shown: number;
}

const best = bestCheckpoint(run) ?? latestCheckpoint(run);
if (best === null) throw new Error(`${run}: expected a training with a checkpoint, got none`);
const checkpoint = join(best.path, "model.safetensors");
const all = await withSides(checkpoint);
const tuning = all.filter(({ fold }) => fold === TUNING);
const evidence = await look(checkpoint);
const own = (part: keyof Evidence) =>
  tuning.map(({ fileName }) => logit(evidence.get(fileName)?.[part] ?? 0));
const features = new Map(
  wholeLines(kept).map((line) => {
    const [name, text] = line.split(" ");
    return [name, floatsOf(text)];
  }),
);
const fractured = tuning.filter((one) => one.isFractured).length;
console.log(`${tuning.length} tuning radiographs, ${fractured} with a fracture`);

const [highest, shown, mobilenet, lite] = [
  own("highest"),
  own("shown"),
  lineOf("mobilenet"),
  lineOf("lite"),
];
const weighed = sumOf(highest, shown);
const lines = sumOf(mobilenet, lite);
report("highest score", highest);
report("image head", shown);
report("both", weighed);
report("MobileNetV2's line", mobilenet);
report("EfficientNet-Lite2's line", lite);
report("both lines", lines);
report("highest score and both lines", sumOf(highest, lines));
report("all", sumOf(weighed, lines));
compare("both less the highest score", weighed, highest);
compare("highest score and both lines less the highest score", sumOf(highest, lines), highest);
compare("highest score and both lines less both lines", sumOf(highest, lines), lines);
compare("all less highest score and image head", sumOf(weighed, lines), weighed);

/** Radiographs of the training and of its tuning, told by their files; others are left out. */
async function withSides(path: string): Promise<FoldedRadiograph[]> {
  const seen = readSeenImages(path);
  if (seen === null) throw new Error(`${run}: expected a record of its radiographs, got none`);
  const sides: FoldedRadiograph[] = [];
  for (const one of await readFolds(fracatlas)) {
    const hash = await fileSha256(one.path);
    if (seen.training.has(hash)) sides.push({ ...one, fold: TRAINED });
    else if (seen.tuning.has(hash)) sides.push({ ...one, fold: TUNING });
  }
  return sides;
}

/** Has the detector see the tuning radiographs that it has not seen yet. */
async function look(path: string): Promise<ReadonlyMap<string, Evidence>> {
  const known = new Map<string, Evidence>();
  for (const line of wholeLines(seenPath)) {
    const [name, score, probability] = line.split(" ");
    known.set(name, { highest: Number(score), shown: Number(probability) });
  }
  const { tensors, metadata } = readSafetensors(path);
  const config = detectorConfig(metadata, path);
  const preprocess = detectorPreprocess(metadata, path);
  if (config.imageHead === null) throw new Error(`${path}: expected an image head, got none`);
  const model = maskRcnn({
    ...config,
    roi: { ...config.roi, scoreThreshold: 0.001 },
    imageHead: { ...config.imageHead, weighsScores: false },
  });
  scope(() => nn.loadStateDict(model, tensors));
  for (const tensor of tensors.values()) tensor.free();
  nn.freeze(model);
  const { sizeDivisibility: divisibility, pixelMean, channels } = config;
  for (const { fileName, path: image } of tuning) {
    if (known.has(fileName)) continue;
    const prepared = prepareImage(await readRadiograph(image), preprocess);
    const seen = examineWithFlip(model, prepared.image, preprocess.testTimeFlip, {
      divisibility,
      pixelMean,
      channels,
    });
    const found = {
      highest: Math.max(0, ...seen.detections.map(({ score }) => score)),
      shown: seen.shown?.[0] ?? 0,
    };
    appendFileSync(seenPath, `${fileName} ${found.highest} ${found.shown}\n`);
    known.set(fileName, found);
  }
  return known;
}

/** Of the tuning radiographs, by a line through what one network sees of those of the training. */
function lineOf(network: "mobilenet" | "lite"): number[] {
  const rows = all.map(({ fileName }) => {
    const row = features.get(`${network}/${fileName}`);
    if (row === undefined) throw new Error(`${kept}: ${fileName} was not looked at`);
    return row;
  });
  const { scores } = fitLogistic(all, rows, [{ without: [TUNING], penalty: PENALTY }]);
  return [...all.keys()].filter((i) => all[i].fold === TUNING).map((i) => scores[i]);
}

function sumOf(...some: readonly (readonly number[])[]): number[] {
  return tuning.map((_, i) => some.reduce((sum, scores) => sum + scores[i], 0));
}

function report(name: string, scores: readonly number[]): void {
  const area = aucOf(
    scores,
    tuning.map((one) => one.isFractured),
    tuning.map((one) => one.group),
  );
  console.log(`${name}: AUC ${area?.auc.toFixed(3)} (${intervalOf(area?.interval)})`);
}

function compare(name: string, one: readonly number[], other: readonly number[]): void {
  const truth = tuning.map(({ isFractured }) => isFractured);
  const compared = compareAucs(one, other, truth);
  console.log(
    `${name}: ${compared?.difference.toFixed(3)} (${intervalOf(compared?.interval)}), DeLong, ` +
      "each radiograph on its own",
  );
}

function intervalOf(ends: readonly number[] | null | undefined): string {
  return ends?.map((end) => end.toFixed(3)).join(" to ") ?? "no interval";
}

function logit(share: number): number {
  const within = Math.min(1 - LEAST, Math.max(LEAST, share));
  return Math.log(within / (1 - within));
}
