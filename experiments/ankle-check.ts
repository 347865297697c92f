/**
 * Makes and measures the check that comes with the project: whether a radiograph is of an ankle. A linear classifier on
 * what MobileNetV2 of ImageNet sees in it, fitted on real radiographs of FracAtlas and on simulated ankles. Started by
 * hand:
 *
 *     node experiments/ankle-check.ts FRACATLAS MOBILENET_WEIGHTS OUT [KEPT]
 *
 * FracAtlas is divided by what it calls near-duplicates. Fitted on train.json and on a half of normals.json, in five
 * parts, each judged by a fit without it; the limit is what two of a hundred ankles lie below. Measured on valid.json and
 * the other half of normals.json, which decide nothing. Legs on which a layman saw no ankle are not fitted on, since many
 * show one; they are measured. Half an hour, nearly all of it for what the network sees, which KEPT keeps for another call.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeRadiograph, parseCoco, readRadiograph } from "@malleolus/data";
import { proportionOf } from "@malleolus/evaluation";
import { type DisplayImage, mirrorImage, prepareImage } from "@malleolus/imaging";
import {
  ANKLE_CHECK_CLASSES,
  batchImages,
  freeModel,
  type ImageClassifier,
  imageClassifier,
  initializeClassifier,
  mobileNetV2Weights,
  openClassifier,
  writeClassifier,
} from "@malleolus/networks";
import { externalHospital, internalHospital, simulateStudy, withPitch } from "@malleolus/phantom";
import { classifierConfig } from "@malleolus/schema";
import { fromTypedArray, noGrad, readWeightsFile, scope } from "@malleolus/torch";

const [fracatlas, weightsPath, out, kept] = process.argv.slice(2);
if (fracatlas === undefined || weightsPath === undefined || out === undefined) {
  console.error("usage: node experiments/ankle-check.ts FRACATLAS MOBILENET_WEIGHTS OUT [KEPT]");
  process.exit(2);
}

const FEATURES = 1280;
const PREPROCESS = { minSize: 224, maxSize: 448, maskCollimation: true, testTimeFlip: false };
const [PARTS, REFUSED_ANKLES] = [5, 0.02];
const [STEPS, RATE, DECAY] = [300, 0.02, 0.003];
const [PHANTOMS, FITTED_PHANTOMS] = [12, 8];

interface Seen {
  readonly isAnkle: boolean;
  /** As a row of the measurement. */
  readonly what: string;
  readonly isMeasured: boolean;
  /** What is near-duplicate shares one. */
  readonly group: string;
  /** As it is, and mirrored. */
  readonly features: readonly [Float32Array, Float32Array];
}

interface Fit {
  /** On the features as they are. */
  readonly weights: Float32Array;
  readonly bias: number;
}

const classes = Array.from({ length: FEATURES }, (_, i) => `feature ${i}`);
const extractor = network(classes);
noGrad(() =>
  scope(() => {
    const identity = new Float32Array(FEATURES ** 2);
    for (let i = 0; i < FEATURES; i++) identity[i * FEATURES + i] = 1;
    const { weight, bias } = extractor.classifier[1];
    weight.copy_(fromTypedArray(identity, [FEATURES, FEATURES]));
    bias?.zero_();
  }),
);
const keptFeatures: Record<string, string> =
  kept !== undefined && existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) : {};
const seen = [...(await realRadiographs(fracatlas)), ...(await simulatedRadiographs())];
if (kept !== undefined) writeFileSync(kept, JSON.stringify(keptFeatures));
freeModel(extractor);

const fitted = seen.filter(({ isMeasured }) => !isMeasured);
const scores = fitted.map(() => 0);
for (let part = 0; part < PARTS; part++) {
  const without = fit(fitted.filter(({ group }) => partOf(group) !== part));
  for (const [i, one] of fitted.entries()) {
    if (partOf(one.group) === part) scores[i] = scoreOf(without, one.features[0]);
  }
}
const ankles = scores.filter((_, i) => fitted[i].what === "ankles").toSorted((a, b) => a - b);
const limit = ankles[Math.floor(REFUSED_ANKLES * ankles.length)];
const whole = fit(fitted);
write(out, { ...whole, bias: whole.bias - limit });
report("fitted on, each part by a fit without it", fitted, (_, i) => scores[i] < limit);
const measured = seen.filter(({ isMeasured }) => isMeasured);
report("measured", measured, ({ features }) => scoreOf(whole, features[0]) < limit);
await compareFile(out, fracatlas);

async function realRadiographs(folder: string): Promise<Seen[]> {
  const all: Seen[] = [];
  for (const set of ["train", "valid", "normals"]) {
    const path = join(folder, `${set}.json`);
    for (const { fileName, extra } of parseCoco(readFileSync(path, "utf8"), path).images) {
      const isAnkle = typeof extra.ankle === "string";
      const region = String(extra.region);
      // Nobody has looked whether these show ankles.
      if (set === "normals" && region === "leg") continue;
      const group = String(extra.group);
      const isLeg = !isAnkle && region === "leg";
      const isHalf = set === "normals" && hashOf(`half ${group}`) % 2 === 1;
      all.push({
        isAnkle,
        what: isAnkle ? "ankles" : isLeg ? "legs without an ankle" : `${region}s`,
        isMeasured: set === "valid" || isHalf || isLeg,
        group,
        features: await featuresOf(`${set} ${fileName}`, () =>
          readRadiograph(join(folder, "images", fileName)),
        ),
      });
    }
  }
  return all;
}

async function simulatedRadiographs(): Promise<Seen[]> {
  const all: Seen[] = [];
  for (const hospital of [internalHospital, externalHospital]) {
    for (let number = 0; number < PHANTOMS; number++) {
      const weberClass = (["A", "B", "C", null] as const)[number % 4];
      const spec = { weberClass, exclusion: null };
      const unit = withPitch(hospital.xrayUnit, 0.4);
      const study = Promise.try(() => simulateStudy(hospital, "scope", number, spec, unit));
      for (const [view] of hospital.views.entries()) {
        all.push({
          isAnkle: true,
          what: "simulated ankles",
          isMeasured: number >= FITTED_PHANTOMS,
          group: `${hospital.key} ${number}`,
          features: await featuresOf(`${hospital.key} ${number} ${view}`, async () =>
            decodeRadiograph((await study).images[view].file, "phantom"),
          ),
        });
      }
    }
  }
  return all;
}

async function featuresOf(
  name: string,
  read: () => Promise<DisplayImage>,
): Promise<[Float32Array, Float32Array]> {
  const known = keptFeatures[name];
  const both = known === undefined ? seenBy(await read()) : floatsOf(known);
  keptFeatures[name] = Buffer.from(both.buffer, both.byteOffset, both.byteLength).toString(
    "base64",
  );
  return [both.slice(0, FEATURES), both.slice(FEATURES)];
}

function floatsOf(text: string): Float32Array {
  return new Float32Array(new Uint8Array(Buffer.from(text, "base64")).buffer);
}

function seenBy(image: DisplayImage): Float32Array {
  const { image: prepared } = prepareImage(image, PREPROCESS);
  const { sizeDivisibility: divisibility, pixelMean, channels } = extractor.config;
  return noGrad(() =>
    scope(() => {
      const images = [prepared, mirrorImage(prepared)];
      const options = { device: "cpu", divisibility, pixelMean, channels } as const;
      return extractor.logits(batchImages(images, options)).toFloat32Array();
    }),
  );
}

function network(names: readonly string[]): ImageClassifier {
  const weights = mobileNetV2Weights(readWeightsFile(weightsPath));
  const config = classifierConfig(names);
  const { norm, firstExpansion } = weights;
  const model = imageClassifier({
    ...config,
    backbone: { ...config.backbone, norm, firstExpansion },
  });
  initializeClassifier(model, weights);
  for (const tensor of weights.tensors.values()) tensor.free();
  return model;
}

/** Logistic regression with weight decay, both kinds weighing alike; by Adam, from zero, over all at once. */
function fit(given: readonly Seen[]): Fit {
  const rows = given.flatMap(({ isAnkle, features }) =>
    features.map((values) => ({ isAnkle, values })),
  );
  const { means, deviations } = momentsOf(rows.map(({ values }) => values));
  const standard = new Float32Array(rows.length * FEATURES);
  for (const [i, { values }] of rows.entries()) {
    for (let k = 0; k < FEATURES; k++) {
      standard[i * FEATURES + k] = (values[k] - means[k]) / deviations[k];
    }
  }
  const ankleCount = rows.filter(({ isAnkle }) => isAnkle).length;
  const shares = rows.map(({ isAnkle }) => 0.5 / (isAnkle ? ankleCount : rows.length - ankleCount));
  const weights = new Float32Array(FEATURES);
  let bias = 0;
  const [first, second] = [new Float64Array(FEATURES + 1), new Float64Array(FEATURES + 1)];
  noGrad(() =>
    scope(() => {
      const x = fromTypedArray(standard, [rows.length, FEATURES]);
      const transposed = x.transpose(0, 1).contiguous();
      const truth = fromTypedArray(
        Float32Array.from(rows, ({ isAnkle }) => Number(isAnkle)),
        [rows.length, 1],
      );
      const share = fromTypedArray(Float32Array.from(shares), [rows.length, 1]);
      for (let step = 1; step <= STEPS; step++) {
        const gradients = scope(() => {
          const own = x.matmul(fromTypedArray(weights, [FEATURES, 1])).add(bias);
          const error = own.sigmoid().sub(truth).mul(share);
          return {
            weights: transposed.matmul(error).toFloat32Array(),
            bias: error.sum().toFloat32Array()[0],
          };
        });
        const rate = RATE * Math.min(1, (STEPS - step + 1) / 100);
        for (let k = 0; k <= FEATURES; k++) {
          const gradient =
            k === FEATURES ? gradients.bias : gradients.weights[k] + DECAY * weights[k];
          first[k] = 0.9 * first[k] + 0.1 * gradient;
          second[k] = 0.999 * second[k] + 0.001 * gradient ** 2;
          const mean = first[k] / (1 - 0.9 ** step);
          const change = (rate * mean) / (Math.sqrt(second[k] / (1 - 0.999 ** step)) + 1e-8);
          if (k === FEATURES) bias -= change;
          else weights[k] -= change;
        }
      }
    }),
  );
  const scaled = weights.map((weight, k) => weight / deviations[k]);
  return { weights: scaled, bias: bias - scaled.reduce((sum, w, k) => sum + w * means[k], 0) };
}

function momentsOf(rows: readonly Float32Array[]) {
  const [means, deviations] = [new Float64Array(FEATURES), new Float64Array(FEATURES)];
  for (const values of rows) for (let k = 0; k < FEATURES; k++) means[k] += values[k] / rows.length;
  for (const values of rows) {
    for (let k = 0; k < FEATURES; k++) deviations[k] += (values[k] - means[k]) ** 2 / rows.length;
  }
  // A feature that is nearly constant tells nothing.
  return { means, deviations: deviations.map((variance) => Math.sqrt(variance) + 1e-3) };
}

function scoreOf({ weights, bias }: Fit, features: Float32Array): number {
  return features.reduce((sum, value, k) => sum + value * weights[k], bias);
}

/** The limit is in the bias: softmax with a second class of nothing. */
function write(path: string, { weights, bias }: Fit): void {
  const model = network(ANKLE_CHECK_CLASSES);
  noGrad(() =>
    scope(() => {
      const both = new Float32Array(2 * FEATURES);
      both.set(weights);
      model.classifier[1].weight.copy_(fromTypedArray(both, [2, FEATURES]));
      model.classifier[1].bias?.copy_(fromTypedArray(Float32Array.of(bias, 0), [2]));
    }),
  );
  // Not in half the bits: near the limit that decides otherwise on one radiograph of fifty.
  writeClassifier(path, model, PREPROCESS);
  freeModel(model);
}

function report(
  title: string,
  radiographs: readonly Seen[],
  isRefused: (one: Seen, index: number) => boolean,
): void {
  const rows = Map.groupBy(
    radiographs.map((one, i) => ({ what: one.what, isAnkle: one.isAnkle, is: isRefused(one, i) })),
    ({ what }) => what,
  );
  const others = radiographs.flatMap((one, i) =>
    one.isAnkle || one.what === "legs without an ankle"
      ? []
      : [{ what: "", isAnkle: false, is: isRefused(one, i) }],
  );
  console.log(title);
  for (const [what, own] of [...rows, ["hands, hips and shoulders", others] as const]) {
    const { count, total, interval } = proportionOf(own.filter(({ is }) => is).length, own.length);
    const [low, high] = (interval ?? []).map((share) => share.toFixed(3));
    console.log(`  ${what}: ${count} of ${total} refused (${low} to ${high})`);
  }
}

/** What was written decides as what was measured: on valid.json. */
async function compareFile(path: string, folder: string): Promise<void> {
  const { classify, close } = openClassifier(path);
  let [others, all] = [0, 0];
  const { images } = parseCoco(readFileSync(join(folder, "valid.json"), "utf8"), "valid.json");
  for (const { fileName } of images) {
    const features = floatsOf(keptFeatures[`valid ${fileName}`]).slice(0, FEATURES);
    const [probability] = classify(await readRadiograph(join(folder, "images", fileName)));
    all++;
    if (probability < 0.5 !== scoreOf(whole, features) < limit) others++;
  }
  close();
  console.log(`${path}: decides otherwise on ${others} of ${all} than what was measured`);
}

function partOf(group: string): number {
  return hashOf(`part ${group}`) % PARTS;
}

function hashOf(text: string): number {
  return createHash("sha256").update(text).digest()[0];
}
