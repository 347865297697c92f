/**
 * The network before its first step: initialised from the seed, given its weights, and the norms
 * that the weights cannot fill measured on radiographs of the training set.
 */

import {
  activationMeans,
  batchImages,
  type ImageBatch,
  initializeNetwork,
  type MaskRcnn,
  maskRcnn,
  measureNormStatistics,
  type NetworkWeightsReport,
  placeModel,
} from "@malleolus/networks";
import { permutation } from "@malleolus/random";
import type { Recipe } from "@malleolus/schema";
import { autocast, type Device, manualSeed, scope } from "@malleolus/torch";
import type { TrainingSet } from "./data-set.ts";
import { type InputPlan, prepareSample } from "./loader/prepare-sample.ts";
import { type InitialWeights, ofWeights } from "./resolve-recipe.ts";

const MEASURED_RADIOGRAPHS = 32;
const RADIOGRAPHS_A_BATCH = 2;

/** Radiographs, as they come in detection, in batches of two; the first ones of a shuffle. */
export async function measuredBatches(
  set: TrainingSet,
  recipe: Recipe,
  device: Device,
  count: number = MEASURED_RADIOGRAPHS,
): Promise<ImageBatch[]> {
  const order = permutation(recipe.seed, 0, set.images.length, "measured radiographs");
  const chosen = [...order.subarray(0, count)].map((index) => set.images[index]);
  const input = asInDetection(recipe);
  const samples = await Promise.all(
    chosen.map((image, slot) => prepareSample({ image, input, seed: recipe.seed, step: 0, slot })),
  );
  const batches: ImageBatch[] = [];
  for (let i = 0; i < samples.length; i += RADIOGRAPHS_A_BATCH) {
    const images = samples.slice(i, i + RADIOGRAPHS_A_BATCH).map(({ image }) => image);
    batches.push(batchImages(images, batchOptions(recipe, device)));
  }
  return batches;
}

/** The input without anything drawn: as the trained network will get it. */
export function asInDetection({ preprocess }: Pick<Recipe, "preprocess">): InputPlan {
  const { minSize, maxSize, maskCollimation } = preprocess;
  return {
    minSizes: [minSize],
    maxSize,
    maskCollimation,
    flipProbability: 0,
    minCropFraction: 1,
    maxGamma: 1,
    maxRotationDegrees: 0,
    halfTurnProbability: 0,
  };
}

export function batchOptions({ model }: Recipe, device: Device) {
  const { sizeDivisibility: divisibility, pixelMean, channels } = model;
  return { divisibility, pixelMean, channels, device };
}

/** A network for a recipe; the seed decides every weight that is not given, on every device alike. */
export function newModel(recipe: Recipe, device: Device): MaskRcnn {
  manualSeed(recipe.seed);
  const model = maskRcnn(recipe.model);
  placeModel(model, device);
  return model;
}

/** Gives a new network its weights and statistics; null without weights. */
export function initializeModel(
  model: MaskRcnn,
  recipe: Recipe,
  weights: InitialWeights | null,
  batches: readonly ImageBatch[],
): NetworkWeightsReport | null {
  if (weights === null) return null;
  const classes = weights.own?.classes ?? null;
  const report = ofWeights(weights, () => initializeNetwork(model, weights.tensors, { classes }));
  inDtype(recipe, () => measureNormStatistics(model, batches));
  return report;
}

/** The mean absolute activation of every stage on one batch, as the run computes it. */
export function activationsOf(
  model: MaskRcnn,
  batch: ImageBatch,
  recipe: Recipe,
): Readonly<Record<string, number>> {
  return scope(() => inDtype(recipe, () => activationMeans(model, batch)));
}

/** Runs in the recipe's dtype. */
export function inDtype<T>({ dtype }: Pick<Recipe, "dtype">, body: () => T): T {
  return autocast(dtype === "float32" ? null : dtype, body);
}
