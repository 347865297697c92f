/**
 * A first detector within a quarter of an hour on two cores: small radiographs, Detectron2's
 * network and losses. It finds the plain fractures; a detector to be used trains longer.
 *
 * Two radiographs a step instead of Detectron2's sixteen ask for a smaller rate by the linear
 * rule (0.02 / 8 = 0.0025); with clipped gradients and a short run four times that is stable.
 */

import type { RecipeOf, ResNetMaskRcnnConfig } from "@malleolus/schema";
import { detectron2Config } from "@malleolus/schema";

const conditions =
  "FracAtlas, 238 validation images, scores from 0.05, MSRA ResNet-50 weights, bfloat16";

export const quickSummary =
  "a first detector in ten minutes on two cores: 600 steps of 2 radiographs at 384 pixels";

export const quickRecipe: RecipeOf<"mask-rcnn"> & { readonly model: ResNetMaskRcnnConfig } = {
  format: "malleolus-recipe-2",
  name: "quick",
  expected: [
    { metric: "box AP50", value: 0.2, tolerance: 0.06, conditions },
    { metric: "mask AP50", value: 0.21, tolerance: 0.06, conditions },
    {
      metric: "loss, mean of the last 50 steps",
      value: 0.68,
      tolerance: 0.08,
      conditions: "FracAtlas, training images, MSRA ResNet-50 weights, bfloat16",
    },
  ],
  seed: 1,
  steps: 600,
  epochs: null,
  batchSize: 2,
  gradientAccumulation: 1,
  dtype: "bfloat16",
  checkpointEverySteps: 50,
  validation: { everySteps: 200, metric: "mask AP50", patience: null },
  weightAverage: null,
  data: null,
  weights: null,
  sampling: { kind: "negative-fraction", fraction: 0.25 },
  input: {
    minSizes: [320, 352, 384],
    maxSize: 640,
    flipProbability: 0.5,
    minCropFraction: 0.8,
    maxGamma: 1,
    maxRotationDegrees: 0,
    halfTurnProbability: 0,
    otherMachine: null,
    window: null,
  },
  preprocess: { minSize: 384, maxSize: 640, maskCollimation: false, testTimeFlip: false },
  optimizer: {
    method: { kind: "sgd", momentum: 0.9 },
    weightDecay: 0.0001,
    normWeightDecay: 0,
    clipNorm: 10,
    schedule: {
      baseLearningRate: 0.01,
      warmup: { steps: 100, factor: 0.001 },
      decay: { kind: "cosine" },
    },
  },
  model: detectron2Config([]),
};
