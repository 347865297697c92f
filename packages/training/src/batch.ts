/** Radiographs as a recipe's network takes them: the size of prediction, the batch, the dtype. */
import type { Recipe } from "@malleolus/schema";
import { autocast, type Device } from "@malleolus/torch";
import type { InputPlan } from "./loader/prepare-sample.ts";

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
    otherMachine: null,
    window: null,
  };
}

export function batchOptions({ model }: Pick<Recipe, "model">, device: Device) {
  const { sizeDivisibility: divisibility, pixelMean, channels } = model;
  return { divisibility, pixelMean, channels, device };
}

/** Runs in the recipe's dtype. */
export function inDtype<T>({ dtype }: Pick<Recipe, "dtype">, body: () => T): T {
  return autocast(dtype === "float32" ? null : dtype, body);
}
