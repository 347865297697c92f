/**
 * What the experiments share that fit a linear decision on what MobileNetV2 of ImageNet sees in a radiograph
 * (`ankle-check`, `radiograph-heads`): its features, and the fit. Not started by hand.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { type DisplayImage, mirrorImage, prepareImage } from "@malleolus/imaging";
import {
  batchImages,
  freeModel,
  type ImageClassifier,
  imageClassifier,
  initializeClassifier,
  mobileNetV2Weights,
} from "@malleolus/networks";
import { classifierConfig } from "@malleolus/schema";
import { fromTypedArray, noGrad, readWeightsFile, scope } from "@malleolus/torch";
import { columnMoments } from "./figures.ts";
import { floatsOf, textOf } from "./kept-lines.ts";

export const FEATURES = 1280;
export const PREPROCESS = {
  minSize: 224,
  maxSize: 448,
  maskCollimation: true,
  testTimeFlip: false,
};
const [STEPS, RATE, DECAY, LEAST_DEVIATION] = [300, 0.02, 0.003, 0.001];
/** Of a fit whose limit is set by what it says of those that it was not fitted on. */
export const PARTS = 5;

/** Of a radiograph as it is, and mirrored. */
export type BothFeatures = readonly [Float32Array, Float32Array];

/** On the features as they are. */
export interface LinearFit {
  readonly weights: Float32Array;
  readonly bias: number;
}

export interface Example {
  readonly isPositive: boolean;
  readonly features: BothFeatures;
}

export interface FeatureSource {
  featuresOf(name: string, read: () => Promise<DisplayImage>): Promise<BothFeatures>;
  /** Keeps all features in the file, where one was named, and frees the network. */
  close(): void;
}

/** Features are computed once a name; `kept` is a file of those of an earlier call, or undefined. */
export function openFeatures(weightsPath: string, kept: string | undefined): FeatureSource {
  const names = Array.from({ length: FEATURES }, (_, i) => `feature ${i}`);
  const extractor = mobileNetOf(weightsPath, names);
  noGrad(() =>
    scope(() => {
      const identity = new Float32Array(FEATURES ** 2);
      for (let i = 0; i < FEATURES; i++) identity[i * FEATURES + i] = 1;
      const { weight, bias } = extractor.classifier[1];
      weight.copy_(fromTypedArray(identity, [FEATURES, FEATURES]));
      bias?.zero_();
    }),
  );
  const known: Record<string, string> =
    kept !== undefined && existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) : {};
  return {
    async featuresOf(name, read) {
      known[name] ??= textOf(seenBy(extractor, await read()));
      const both = floatsOf(known[name]);
      return [both.slice(0, FEATURES), both.slice(FEATURES)];
    },
    close() {
      freeModel(extractor);
      if (kept !== undefined) writeFileSync(kept, JSON.stringify(known));
    },
  };
}

/** The network with a classifier of these names, which is still as it was drawn. */
export function mobileNetOf(weightsPath: string, names: readonly string[]): ImageClassifier {
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

function seenBy(extractor: ImageClassifier, image: DisplayImage): Float32Array {
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

/** Logistic regression with weight decay, both kinds weighing alike; by Adam, from zero, over all at once. */
export function fitLinear(given: readonly Example[]): LinearFit {
  const rows = given.flatMap(({ isPositive, features }) =>
    features.map((values) => ({ isPositive, values })),
  );
  const { means, deviations } = columnMoments(
    rows.map(({ values }) => values),
    LEAST_DEVIATION,
  );
  const standard = new Float32Array(rows.length * FEATURES);
  for (const [i, { values }] of rows.entries()) {
    for (let k = 0; k < FEATURES; k++) {
      standard[i * FEATURES + k] = (values[k] - means[k]) / deviations[k];
    }
  }
  const positives = rows.filter(({ isPositive }) => isPositive).length;
  const shares = rows.map(
    ({ isPositive }) => 0.5 / (isPositive ? positives : rows.length - positives),
  );
  const weights = new Float32Array(FEATURES);
  let bias = 0;
  const [first, second] = [new Float64Array(FEATURES + 1), new Float64Array(FEATURES + 1)];
  noGrad(() =>
    scope(() => {
      const x = fromTypedArray(standard, [rows.length, FEATURES]);
      const transposed = x.transpose(0, 1).contiguous();
      const truth = fromTypedArray(
        Float32Array.from(rows, ({ isPositive }) => Number(isPositive)),
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

export function scoreOf({ weights, bias }: LinearFit, features: Float32Array): number {
  return features.reduce((sum, value, k) => sum + value * weights[k], bias);
}

/** Of each, by a fit without its part; near-duplicates share a group. */
export function scoresWithout<T extends Example & { readonly group: string }>(
  given: readonly T[],
): number[] {
  const scores = given.map(() => 0);
  for (let part = 0; part < PARTS; part++) {
    const without = fitLinear(given.filter(({ group }) => partOf(group) !== part));
    for (const [i, one] of given.entries()) {
      if (partOf(one.group) === part) scores[i] = scoreOf(without, one.features[0]);
    }
  }
  return scores;
}

function partOf(group: string): number {
  return hashOf(`part ${group}`) % PARTS;
}

/** A byte. */
export function hashOf(text: string): number {
  return createHash("sha256").update(text).digest()[0];
}
