/**
 * The training of the paper (Mask R-CNN for ankle fractures by Weber class: 749 radiographs, batches of
 * 12, a rate of 0.05 that falls to a tenth every 1000 steps, 64 epochs, random crop and flip,
 * re-weighting by prevalence), on Detectron2's defaults for all that it does not say: sizes from 640
 * to 800 pixels, crops of at least nine tenths of a side.
 *
 * Two readings: 100 steps of warm-up, since with Detectron2's 1000 the rate would never exceed 0.005;
 * and classes drawn alike for "re-weighted according to prevalence". It is to begin with MSRA's
 * weights (`--weights`).
 */

import type { RecipeOf } from "@malleolus/schema";
import { detectron2Config } from "@malleolus/schema";

/** Figures of Table 2 and of the text, for the easy internal test. */
const conditions =
  "published, not repeated here: the paper's own 749 radiographs and its easy internal test of 100 " +
  "patients, MSRA ResNet-50 weights";

const model = detectron2Config([]);

export const paperSummary =
  "the paper's study: 64 epochs, 12 radiographs a step at 640 to 800 pixels; for a GPU";

export const paperRecipe: RecipeOf<"mask-rcnn"> = {
  format: "malleolus-recipe-2",
  name: "paper",
  expected: [
    { metric: "AUC, Weber A", value: 0.93, tolerance: 0.05, conditions },
    { metric: "AUC, Weber B", value: 0.97, tolerance: 0.05, conditions },
    { metric: "AUC, Weber C", value: 0.99, tolerance: 0.05, conditions },
    { metric: "accuracy of four classes", value: 0.89, tolerance: 0.08, conditions },
    { metric: "mean box IoU", value: 0.65, tolerance: 0.1, conditions },
    { metric: "mean mask IoU", value: 0.47, tolerance: 0.1, conditions },
  ],
  seed: 1,
  // 64 epochs of 749 radiographs.
  steps: 3995,
  epochs: 64,
  batchSize: 12,
  // Two at a time took 4.4 GB, weights and momentum included; a GPU can take more at once.
  gradientAccumulation: 6,
  dtype: "bfloat16",
  checkpointEverySteps: 100,
  validation: { everySteps: 250, metric: "box AP50", patience: null },
  weightAverage: null,
  data: null,
  weights: null,
  sampling: { kind: "class-balanced" },
  input: {
    minSizes: [640, 672, 704, 736, 768, 800],
    maxSize: 1333,
    flipProbability: 0.5,
    minCropFraction: 0.9,
    maxGamma: 1,
    maxRotationDegrees: 0,
    halfTurnProbability: 0,
    otherMachine: null,
    window: null,
  },
  preprocess: { minSize: 800, maxSize: 1333, maskCollimation: false, testTimeFlip: false },
  optimizer: {
    method: { kind: "sgd", momentum: 0.9 },
    weightDecay: 0.0001,
    normWeightDecay: 0,
    clipNorm: null,
    schedule: {
      baseLearningRate: 0.05,
      warmup: { steps: 100, factor: 0.001 },
      decay: { kind: "steps", milestones: [1000, 2000, 3000], gamma: 0.1 },
    },
  },
  model,
};

export const paperResNet101Summary = "the same with ResNet-101";

/** The paper tried ResNet-101 as well and found no significant gain. */
export const paperResNet101Recipe: RecipeOf<"mask-rcnn"> = {
  ...paperRecipe,
  name: "paper-r101",
  expected: paperRecipe.expected.map((one) => ({
    ...one,
    conditions: `${conditions}; with ResNet-101 it reports no significant difference, and no figures`,
  })),
  model: { ...model, backbone: { ...model.backbone, depth: 101 } },
};
