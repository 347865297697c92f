/**
 * A small network for `malleolus demo`, which goes on from the detector that comes with the project:
 * what a study's own simulated radiographs teach within a few minutes on two cores. A narrow ResNet-26
 * with group norm that is shown bands of detail, a pyramid of 64 channels, and anchors from small
 * fragments to a whole fibula; AdamW and two radiographs a step, because there is no time to be
 * patient. From scratch it needs a higher rate and an hour (`experiments/first-detector.ts`).
 */
import type { RecipeOf } from "@malleolus/schema";
import { quickRecipe } from "./quick.ts";

const { model } = quickRecipe;

const conditions =
  "the demonstration's simulated internal test (phantom 2, 40 patients, seed demo), float32, from the " +
  "project's own detector; the first metric of fracture against none by patient, the second against " +
  "the annotators' outlines";

export const demoSummary =
  "the demonstration's: 800 steps of 2 at 320 pixels, from the project's own detector";

export const demoRecipe: RecipeOf<"mask-rcnn"> = {
  ...quickRecipe,
  name: "demo",
  expected: [
    { metric: "AUC", value: 0.92, tolerance: 0.1, conditions },
    { metric: "median box IoU", value: 0.67, tolerance: 0.1, conditions },
  ],
  steps: 800,
  batchSize: 2,
  checkpointEverySteps: 250,
  validation: { everySteps: 500, metric: "box AP50", patience: null },
  weightAverage: { decay: 0.99 },
  sampling: { kind: "shuffled" },
  input: {
    minSizes: [320],
    maxSize: 640,
    flipProbability: 0.5,
    minCropFraction: 0.8,
    maxGamma: 1.4,
    maxRotationDegrees: 0,
    halfTurnProbability: 0,
    otherMachine: null,
    window: null,
  },
  preprocess: { minSize: 320, maxSize: 640, maskCollimation: true, testTimeFlip: false },
  optimizer: {
    method: { kind: "adamw", beta1: 0.9, beta2: 0.99 },
    weightDecay: 0.02,
    normWeightDecay: 0,
    clipNorm: 5,
    schedule: {
      baseLearningRate: 0.0003,
      warmup: { steps: 50, factor: 0.01 },
      decay: { kind: "cosine" },
    },
  },
  model: {
    ...model,
    channels: "detail",
    backbone: {
      ...model.backbone,
      depth: 26,
      width: 32,
      norm: "group",
      freezeAt: 0,
      fpnChannels: 64,
    },
    anchors: {
      ...model.anchors,
      sizes: [[16], [32], [64], [128], [256]],
      aspectRatios: [0.4, 1, 2.5, 6],
    },
    rpn: {
      ...model.rpn,
      iouThresholds: [0.3, 0.5],
      preNms: { train: 500, test: 500 },
      postNms: { train: 200, test: 200 },
    },
    roi: {
      ...model.roi,
      batchSizePerImage: 64,
      canonicalBoxSize: 112,
      box: { ...model.roi.box, fullyConnectedChannels: 256 },
      mask: { ...model.roi.mask, convolutions: 2, channels: 64 },
    },
  },
};
