/**
 * Our Mask R-CNN and torchvision's, trained side by side: the same initial weights, the very same batches, the same learning
 * rates, AdamW, clipping and frozen parts; losses, sampling, box coding and pooling are each one's own. Both are then measured
 * alike. It tells whether what is badly placed is badly placed by ours alone. Started by hand:
 *
 *     node experiments/beside-torchvision.ts FRACATLAS WEIGHTS OUT
 *
 * FRACATLAS holds train.json and images/; WEIGHTS is MSRA's ResNet-50. `twenty` are 20 radiographs with a fracture, shown as they are
 * until they are known by heart, and measured on themselves; `half` is one half of train.json, as FracAtlas' recipe shows it but
 * smaller, 1,200 steps, measured on 300 radiographs of the other. valid.json is not looked at. Findings count from 0.05, in one
 * view. It needs a Python with torchvision on the addon's LibTorch. A training that was cut goes on, one that is done is not run again.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connected, readRadiograph } from "@malleolus/data";
import {
  averagePrecision,
  averagePrecisionIntervals,
  type LabeledImage,
} from "@malleolus/evaluation";
import { rasterizePolygons } from "@malleolus/geometry";
import { type Detection, type NetworkImage, prepareImage, type Target } from "@malleolus/imaging";
import { batchImages, freeModel, maskRcnn } from "@malleolus/networks";
import { permutation } from "@malleolus/random";
import { findDetector, readEvents } from "@malleolus/runs";
import { detectorConfig, detectorPreprocess, type Preprocess } from "@malleolus/schema";
import { libtorchVersion, nn, readSafetensors, scope, threads } from "@malleolus/torch";
import { labeledImage, readTrainingSet, shownSamples, type TrainingSet } from "@malleolus/training";
import { z } from "zod";
import { openPeer, type Peer } from "../bench/peer.ts";
import { findPeerPython } from "../bench/peer-python.ts";
import { writeHalves } from "./fracatlas-halves.ts";
import { type DetectorRecipe, shortRecipe } from "./short-recipe.ts";

const [fracatlas, weights, out] = process.argv.slice(2);
if (out === undefined) {
  console.error("usage: node experiments/beside-torchvision.ts FRACATLAS WEIGHTS OUT");
  process.exit(2);
}

const SEED = 1;
const [RADIOGRAPHS, MEASURED] = [20, 300];
const KEPT_EVERY = 100;
const BOOTSTRAP = { seed: SEED, resamples: 1000 };
const PEER = join(import.meta.dirname, "../bench/peers/training_peer.py");
const MAIN = join(import.meta.dirname, "../packages/cli/src/main.ts");

interface Comparison {
  readonly name: string;
  readonly recipe: DetectorRecipe;
  readonly trainedOn: string;
  readonly measuredOn: string;
}

interface Detector {
  readonly preprocess: Preprocess;
  detect(image: NetworkImage): Promise<readonly Detection[]>;
}

mkdirSync(out, { recursive: true });
const images = join(fracatlas, "images");
const halves = writeHalves(fracatlas, out);
const twenty = await writeSome(
  halves[0],
  "twenty",
  RADIOGRAPHS,
  ({ target }) => target.boxes.length > 0,
);
const others = await writeSome(halves[1], "measured", MEASURED, () => true);
const found = findPeerPython(["torch", "torchvision"], libtorchVersion(), process.env);
if ("problem" in found) {
  console.error(found.problem);
  process.exit(1);
}
const { python } = found;

const comparisons: readonly Comparison[] = [
  {
    name: "twenty",
    recipe: asItIs(shortened(300, [320])),
    trainedOn: twenty,
    measuredOn: twenty,
  },
  {
    name: "half",
    recipe: shortened(1200, [256, 288, 320]),
    trainedOn: halves[0],
    measuredOn: others,
  },
];
for (const comparison of comparisons) await compare(comparison);

/** Some of a COCO file's radiographs, drawn by chance, as a file of their own. */
async function writeSome(
  path: string,
  name: string,
  count: number,
  isWanted: (image: TrainingSet["images"][number]) => boolean,
): Promise<string> {
  const wanted = (await readTrainingSet([path], images)).images.filter(isWanted);
  const order = permutation(SEED, 0, wanted.length, name);
  const ids = new Set([...order.subarray(0, count)].map((i) => wanted[i].id));
  const whole = z
    .looseObject({
      images: z.array(z.looseObject({ id: z.number() })),
      annotations: z.array(z.looseObject({ image_id: z.number() })),
    })
    .parse(JSON.parse(readFileSync(path, "utf8")));
  const some = {
    ...whole,
    images: whole.images.filter(({ id }) => ids.has(id)),
    annotations: whole.annotations.filter(({ image_id: id }) => ids.has(id)),
  };
  const written = join(out, `${name}.json`);
  writeFileSync(written, JSON.stringify(some));
  return written;
}

function shortened(steps: number, minSizes: readonly number[]): DetectorRecipe {
  const recipe = shortRecipe(steps);
  return {
    ...recipe,
    name: "beside torchvision",
    dtype: "bfloat16",
    checkpointEverySteps: KEPT_EVERY,
    weightAverage: null,
    input: { ...recipe.input, minSizes, maxSize: 480 },
    preprocess: {
      ...recipe.preprocess,
      minSize: Math.max(...minSizes),
      maxSize: 560,
      testTimeFlip: false,
    },
  };
}

/** Nothing is drawn by chance but the order. */
function asItIs(recipe: DetectorRecipe): DetectorRecipe {
  const { minSize, maxSize } = recipe.preprocess;
  const warmup = { ...recipe.optimizer.schedule.warmup, steps: 50 };
  return {
    ...recipe,
    sampling: { kind: "shuffled" },
    optimizer: { ...recipe.optimizer, schedule: { ...recipe.optimizer.schedule, warmup } },
    input: {
      ...recipe.input,
      minSizes: [minSize],
      maxSize,
      flipProbability: 0,
      minCropFraction: 1,
      maxGamma: 1,
      maxRotationDegrees: 0,
      halfTurnProbability: 0,
    },
  };
}

async function compare({ name, recipe, trainedOn, measuredOn }: Comparison): Promise<void> {
  const folder = join(out, name);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "recipe.json");
  writeFileSync(path, JSON.stringify(recipe));
  const train = (run: string, steps: number, from: string) => {
    malleolus(
      ...["train", "--coco", trainedOn, "--images", images, "--recipe", path, "--weights", from],
      ...["--steps", String(steps), "--dtype", recipe.dtype, "--out", join(folder, run)],
    );
    return findDetector(join(folder, run)).path;
  };
  // All of the network after a step whose learning rate is as good as none: what both begin with.
  const initial = train("initial", 1, weights);
  const trained = train("ours", recipe.steps, initial);
  const set = await readTrainingSet([measuredOn], images);
  const own = openOurs(trained);
  await report(`${name}, ours`, set, own);
  own.free();

  const training = await readTrainingSet([trainedOn], images);
  const ours = readEvents(join(folder, "ours", "events.jsonl")).filter(
    (event) => event.event === "step",
  );
  const peer = await openPeer(python, threads(), PEER);
  const { metadata } = readSafetensors(initial);
  const prepared = await peer.ask({
    action: "prepare",
    seed: SEED,
    weights: initial,
    model: detectorConfig(metadata, initial),
    optimizer: recipe.optimizer,
    dtype: recipe.dtype,
    checkpoint: join(folder, "torchvision.pt"),
  });
  let step = z.number().parse(prepared.done);
  for await (const samples of shownSamples(recipe, training, { first: step, end: recipe.steps })) {
    const answer = await peer.ask({
      action: "step",
      learningRate: ours[step].learningRate,
      ...writeImages(folder, samples),
    });
    // The first step's losses must be alike: the same weights and the same batch.
    if (step % KEPT_EVERY === 0) {
      console.error(
        `${name}, step ${step + 1}: ${JSON.stringify([ours[step].losses, answer.losses])}`,
      );
    }
    step++;
    if (step % KEPT_EVERY === 0) await peer.ask({ action: "keep" });
  }
  await report(`${name}, torchvision ${peer.versions.torchvision}`, set, {
    preprocess: recipe.preprocess,
    detect: (image) => detectThere(peer, folder, image),
  });
  peer.close();
}

function malleolus(...args: string[]): void {
  const { status } = spawnSync(process.execPath, [MAIN, ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) process.exit(status ?? 1);
}

function openOurs(checkpoint: string): Detector & { free(): void } {
  const { tensors, metadata } = readSafetensors(checkpoint);
  const config = detectorConfig(metadata, checkpoint);
  const { sizeDivisibility: divisibility, pixelMean, channels } = config;
  const model = maskRcnn(config);
  scope(() => nn.loadStateDict(model, tensors));
  nn.freeze(model);
  return {
    preprocess: detectorPreprocess(metadata, checkpoint),
    detect: async (image) =>
      scope(() => model.examine(batchImages([image], { divisibility, pixelMean, channels })))[0]
        .detections,
    free: () => freeModel(model),
  };
}

/** Images and masks as bytes in a file, all else for the line that asks. */
function writeImages(
  folder: string,
  samples: readonly { readonly image: NetworkImage; readonly target: Target | null }[],
) {
  const parts: Uint8Array[] = [];
  const described = samples.map(({ image, target }) => {
    const { width, height, pixels } = image;
    parts.push(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength));
    for (const polygons of target?.polygons ?? []) {
      parts.push(rasterizePolygons(polygons, width, height).data);
    }
    return { width, height, boxes: target?.boxes ?? [] };
  });
  const file = join(folder, "images.bin");
  writeFileSync(file, Buffer.concat(parts));
  return { file, images: described };
}

async function detectThere(peer: Peer, folder: string, image: NetworkImage): Promise<Detection[]> {
  const answer = await peer.ask({
    action: "detect",
    ...writeImages(folder, [{ image, target: null }]),
  });
  const { boxes, scores, masks } = z
    .object({
      boxes: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])),
      scores: z.array(z.number()),
      masks: z.array(z.array(z.number())),
    })
    .parse(answer);
  return boxes.map((box, i) => ({
    box,
    class: 0,
    score: scores[i],
    probabilities: Float32Array.of(1),
    mask: Float32Array.from(masks[i]),
  }));
}

async function report(name: string, set: TrainingSet, detector: Detector): Promise<void> {
  const groupOf = new Map(
    connected(set.images, ({ keys }) => keys).flatMap((group, i) =>
      group.map((image) => [image, `${i}`] as const),
    ),
  );
  const labeled: LabeledImage[] = [];
  for (const image of set.images) {
    const prepared = prepareImage(await readRadiograph(image.path), detector.preprocess);
    const detections = await detector.detect(prepared.image);
    labeled.push(labeledImage(image, detections, set.classes, prepared, null));
  }
  const groups = set.images.map((image) => groupOf.get(image) ?? "");
  const figures = (["box", "mask"] as const).map((shape) => {
    const { averagePrecision: ap } = averagePrecision(labeled, set.classes, shape, []);
    const { averagePrecision: of } = averagePrecisionIntervals(
      labeled,
      groups,
      set.classes,
      shape,
      BOOTSTRAP,
      [],
    );
    const said = (key: "all" | "iou50" | "iou75") =>
      `${ap[key]?.toFixed(3) ?? "–"} (${of[key]?.map((end) => end.toFixed(2)).join(" to ") ?? "–"})`;
    return `${shape} AP ${said("all")}, AP50 ${said("iou50")}, AP75 ${said("iou75")}`;
  });
  console.log(`${name}: ${figures.join("; ")}`);
}
