/**
 * What frozen features of photographs know of fractures before anything is trained: a logistic regression on the
 * means and maxima of a network's last map, fracture against none, on FracAtlas' training radiographs.
 *
 *     node experiments/linear-probe.ts FRACATLAS RESNET_WEIGHTS MOBILENET_WEIGHTS KEPT [SHARE]
 *
 * Five folds, near-duplicates in one; the penalty of each fold's fit is chosen by four folds within the others, so that
 * no radiograph is judged by what was fitted or chosen with it. valid.json is not read. Beside them what the files'
 * own fields tell (region and hardware): what is no knowledge of fractures. SHARE of the radiographs is
 * taken, by a hash of their groups; all unless given. On one core with AVX2 a third of a second a radiograph, nearly all
 * of it for what the networks see; KEPT keeps it, and the same command goes on where it was cut.
 */
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readCocoFile, readRadiograph } from "@malleolus/data";
import { aucOf, compareAucs } from "@malleolus/evaluation";
import { type NetworkImage, prepareImage } from "@malleolus/imaging";
import { batchImages, initializeBackbone, maskRcnn, publishedWeights } from "@malleolus/networks";
import { detectron2Config } from "@malleolus/schema";
import {
  amax,
  cat,
  fromTypedArray,
  type nn,
  noGrad,
  readWeightsFile,
  scope,
  type Tensor,
} from "@malleolus/torch";
import { mobileNetOf } from "./linear-heads.ts";

const [fracatlas, resNetPath, mobileNetPath, kept, shareText = "1"] = process.argv.slice(2);
const share = Number(shareText);
if (kept === undefined || !(share > 0 && share <= 1)) {
  console.error(
    "usage: node experiments/linear-probe.ts FRACATLAS RESNET_WEIGHTS MOBILENET_WEIGHTS KEPT [SHARE]",
  );
  process.exit(2);
}

const PREPROCESS = { minSize: 320, maxSize: 640, maskCollimation: false };
const FOLDS = 5;
/** Of squared weights of standardised features; the folds within choose. */
const PENALTIES = [0.003, 0.03, 0.3] as const;
const [STEPS, RATE] = [150, 0.02];

interface Example {
  readonly isFractured: boolean;
  readonly group: string;
  readonly features: Float32Array;
}

/** From an image to the last map of a network, and the pixels a cell of it. */
interface Extractor {
  readonly stride: number;
  map(images: Tensor): Tensor;
  readonly pixelMean: readonly [number, number, number];
}

const { images: all, annotationsByImage } = await readCocoFile(join(fracatlas, "train.json"));
const images = all.filter(({ extra }) => hashOf(`taken ${extra.group}`) < share * 2 ** 32);
const known = new Map<string, Float32Array>();
if (existsSync(kept)) {
  for (const line of readFileSync(kept, "utf8").split("\n").slice(0, -1)) {
    const [name, text] = line.split(" ");
    known.set(name, new Float32Array(new Uint8Array(Buffer.from(text, "base64")).buffer));
  }
}
const byName = {
  "ResNet-50 to res4": await featuresOf("resnet", resNetToRes4),
  MobileNetV2: await featuresOf("mobilenet", wholeMobileNet),
  "region and hardware": images.map(({ extra }) =>
    Float32Array.from(["leg", "hand", "hip", "shoulder", true], (value) =>
      Number(extra.region === value || extra.hardware === value),
    ),
  ),
};
console.log(`${images.length} radiographs`);
const isFractured = images.map(({ id }) => (annotationsByImage.get(id) ?? []).length > 0);
const groups = images.map(({ extra }) => String(extra.group));
const scores = new Map<string, number[]>();
for (const [name, features] of Object.entries(byName)) {
  const examples = features.map(
    (own, i): Example => ({ isFractured: isFractured[i], group: groups[i], features: own }),
  );
  scores.set(name, report(name, examples));
}
const compared = compareAucs(
  scores.get("ResNet-50 to res4") ?? [],
  scores.get("MobileNetV2") ?? [],
  isFractured,
);
console.log(
  `ResNet-50 less MobileNetV2: ${compared?.difference.toFixed(3)} ` +
    `(${compared?.interval.map((end) => end.toFixed(3)).join(" to ")}), DeLong`,
);

async function featuresOf(name: string, open: () => Extractor): Promise<Float32Array[]> {
  let extractor: Extractor | null = null;
  const seen: Float32Array[] = [];
  for (const [i, { fileName }] of images.entries()) {
    const key = `${name}/${fileName}`;
    let own = known.get(key);
    if (own === undefined) {
      extractor ??= open();
      const radiograph = await readRadiograph(join(fracatlas, "images", fileName));
      own = seenBy(extractor, prepareImage(radiograph, PREPROCESS).image);
      const bytes = Buffer.from(own.buffer, own.byteOffset, own.byteLength);
      appendFileSync(kept, `${key} ${bytes.toString("base64")}\n`);
    }
    seen.push(own);
    if ((i + 1) % 100 === 0) console.error(`${name}: ${i + 1} of ${images.length}`);
  }
  return seen;
}

function resNetToRes4(): Extractor {
  const weights = publishedWeights(readWeightsFile(resNetPath));
  const model = maskRcnn({
    ...detectron2Config(["fracture"]),
    // The file lacks convolutions of res5, which nobody asks here.
    backbone: { ...detectron2Config(["fracture"]).backbone, trainedNorms: ["res5"] },
  });
  initializeBackbone(model, weights.tensors);
  for (const tensor of weights.tensors.values()) tensor.free();
  const { stem, res2, res3, res4 } = model.backbone.bottom_up;
  const layers: nn.Layer[] = [stem, ...res2, ...res3, ...res4];
  const map = (input: Tensor) => layers.reduce((x, layer) => scope(() => layer.forward(x)), input);
  return { stride: 16, map, pixelMean: model.config.pixelMean };
}

function wholeMobileNet(): Extractor {
  const model = mobileNetOf(mobileNetPath, ["fracture", "none"]);
  // Its first and its last layer are a convolution, a norm and a limit to 6.
  const map = (input: Tensor) =>
    model.features.reduce(
      (x, layer) =>
        scope(() => ("forwardRelu6" in layer ? layer.forwardRelu6(x) : layer.forward(x))),
      input,
    );
  return { stride: 32, map, pixelMean: model.config.pixelMean };
}

/** Mean and maximum of every channel over the cells that hold image. */
function seenBy({ map, stride, pixelMean }: Extractor, image: NetworkImage): Float32Array {
  return noGrad(() =>
    scope(() => {
      const { tensor } = batchImages([image], { divisibility: 32, pixelMean });
      const within = map(tensor)
        .select(0, 0)
        .narrow(1, 0, Math.ceil(image.height / stride))
        .narrow(2, 0, Math.ceil(image.width / stride))
        .flatten({ startDim: 1 });
      return cat([within.mean({ dim: [1] }), amax(within, { dim: [1] })]).toFloat32Array();
    }),
  );
}

/** The score of every example by a fit without its fold. */
function report(name: string, examples: readonly Example[]): number[] {
  const folds = examples.map(({ group }) => foldOf(group));
  const own = examples.map(() => 0);
  const areas: number[] = [];
  const chosen: number[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const isLeft = folds.map((one) => one !== fold);
    const penalty = bestPenalty(
      examples.filter((_, i) => isLeft[i]),
      folds.filter((_, i) => isLeft[i]),
    );
    const score = fit(
      examples.filter((_, i) => isLeft[i]),
      penalty,
    );
    const judged = [...examples.keys()].filter((i) => !isLeft[i]);
    for (const i of judged) own[i] = score(examples[i].features);
    areas.push(
      areaOf(
        judged.map((i) => own[i]),
        judged.map((i) => examples[i]),
      ),
    );
    chosen.push(penalty);
  }
  const whole = aucOf(own, isFractured, groups);
  console.log(
    `${name}: AUC ${whole?.auc.toFixed(3)} (${whole?.interval?.map((end) => end.toFixed(3)).join(" to ")}); ` +
      `folds ${areas.map((area) => area.toFixed(3)).join(", ")}; penalties ${chosen.join(", ")}`,
  );
  return own;
}

/** By the mean area over folds of the examples, each judged by a fit on the others. */
function bestPenalty(examples: readonly Example[], folds: readonly number[]): number {
  const areas = PENALTIES.map((penalty) => {
    const each = [...new Set(folds)].map((fold) => {
      const score = fit(
        examples.filter((_, i) => folds[i] !== fold),
        penalty,
      );
      const judged = examples.filter((_, i) => folds[i] === fold);
      return areaOf(
        judged.map(({ features }) => score(features)),
        judged,
      );
    });
    return each.reduce((sum, area) => sum + area, 0) / each.length;
  });
  return PENALTIES[areas.indexOf(Math.max(...areas))];
}

function areaOf(own: readonly number[], examples: readonly Example[]): number {
  return (
    aucOf(
      own,
      examples.map((one) => one.isFractured),
    )?.auc ?? Number.NaN
  );
}

/** Logistic regression on standardised features, both kinds weighing alike; by Adam, from zero, over all at once. */
function fit(examples: readonly Example[], penalty: number): (features: Float32Array) => number {
  const width = examples[0].features.length;
  const { means, deviations } = momentsOf(examples.map(({ features }) => features));
  const standard = new Float32Array(examples.length * width);
  for (const [i, { features }] of examples.entries()) {
    for (let k = 0; k < width; k++) {
      standard[i * width + k] = (features[k] - means[k]) / deviations[k];
    }
  }
  const positives = examples.filter((one) => one.isFractured).length;
  const share = Float32Array.from(
    examples,
    (one) => 0.5 / (one.isFractured ? positives : examples.length - positives),
  );
  const weights = noGrad(() =>
    scope(() => {
      const x = fromTypedArray(standard, [examples.length, width]);
      const transposed = x.transpose(0, 1).contiguous();
      const truth = fromTypedArray(
        Float32Array.from(examples, (one) => Number(one.isFractured)),
        [examples.length, 1],
      );
      const weighting = fromTypedArray(share, [examples.length, 1]);
      const own = new Float32Array(width + 1);
      const [first, second] = [new Float64Array(width + 1), new Float64Array(width + 1)];
      for (let step = 1; step <= STEPS; step++) {
        const gradients = scope(() => {
          const logits = x.matmul(fromTypedArray(own.slice(0, width), [width, 1])).add(own[width]);
          const error = logits.sigmoid().sub(truth).mul(weighting);
          return [transposed.matmul(error).toFloat32Array(), error.sum().toFloat32Array()] as const;
        });
        // The last third falls to nothing.
        const rate = RATE * Math.min(1, (3 * (STEPS - step + 1)) / STEPS);
        for (let k = 0; k <= width; k++) {
          const gradient = k === width ? gradients[1][0] : gradients[0][k] + penalty * own[k];
          first[k] = 0.9 * first[k] + 0.1 * gradient;
          second[k] = 0.999 * second[k] + 0.001 * gradient ** 2;
          const mean = first[k] / (1 - 0.9 ** step);
          own[k] -= (rate * mean) / (Math.sqrt(second[k] / (1 - 0.999 ** step)) + 1e-8);
        }
      }
      return own;
    }),
  );
  return (features) => {
    let sum = weights[width];
    for (let k = 0; k < width; k++) sum += (weights[k] * (features[k] - means[k])) / deviations[k];
    return sum;
  };
}

function momentsOf(rows: readonly Float32Array[]) {
  const width = rows[0].length;
  const [means, deviations] = [new Float64Array(width), new Float64Array(width)];
  for (const values of rows) for (let k = 0; k < width; k++) means[k] += values[k] / rows.length;
  for (const values of rows) {
    for (let k = 0; k < width; k++) deviations[k] += (values[k] - means[k]) ** 2 / rows.length;
  }
  // A feature that is nearly constant tells nothing.
  return { means, deviations: deviations.map((variance) => Math.sqrt(variance) + 1e-3) };
}

function foldOf(group: string): number {
  return hashOf(`fold ${group}`) % FOLDS;
}

function hashOf(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32LE();
}
