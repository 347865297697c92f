/**
 * The paper's first preliminary network: DeepLabV3+ on MobileNetV2, which outlines tibia, fibula and fracture
 * for annotators to mend, learned from 147 radiographs with a fracture and 228 without. It begins with weights
 * of ImageNet (`--weights`), whose statistics and first blocks stay. What has no weights, pyramid and decoder, is
 * narrower than its authors have it, for speed.
 *
 * It looks through windows. A fracture is a thousandth of a radiograph: whole radiographs at 256 pixels taught
 * nothing of it in 1,200 looks, while twelve windows of 160 pixels cost as much as four of those and show twice as
 * many fractures, at the radiograph's own scale (bench/RESULTS.md). What is learned by windows is then
 * made used to whole radiographs by a short second recipe, which begins with the first one's weights. A second round
 * of windows from the weights of the first, with another seed, brings the fracture's Dice from 0.48 to 0.57.
 *
 * Dice counts a fracture's own pixels, and in the cross-entropy one of them weighs as the root of its rarity:
 * weighed to the full it would be found everywhere.
 */
import { deepLabConfig, type RecipeOf } from "@malleolus/schema";
import { quickRecipe } from "./quick.ts";

const model = deepLabConfig();

const conditions =
  "simulated ankles (phantom 2, seed weights, pitch 0.48 mm): trained on 375 radiographs, 144 of 48 other patients, " +
  "Gluon's weights, float32";

const twoRounds = `${conditions}, after two rounds of preliminary-segmentation, without the mirror image`;

export const preliminarySegmentationSummary =
  "outlines of tibia, fibula and fracture: DeepLabV3+ on MobileNetV2, 40 minutes on one core";

export const preliminaryWholeSummary =
  "the same on whole radiographs, from the weights of the one before: 11 minutes on one core";

const input: RecipeOf<"segmentation">["input"] = {
  minSizes: [320],
  maxSize: 640,
  flipProbability: 0.5,
  minCropFraction: 1,
  maxGamma: 1.4,
  maxRotationDegrees: 15,
  halfTurnProbability: 0,
  otherMachine: null,
  window: { side: 160, around: ["fracture"], probability: 0.7, stepShare: 1 },
};

export const preliminarySegmentationRecipe: RecipeOf<"segmentation"> = {
  ...quickRecipe,
  name: "preliminary-segmentation",
  expected: [
    { metric: "fracture Dice", value: 0.482, tolerance: 0.08, conditions },
    { metric: "AUC fracture in fibula", value: 0.926, tolerance: 0.04, conditions },
  ],
  steps: 2000,
  batchSize: 12,
  dtype: "float32",
  checkpointEverySteps: 250,
  validation: { everySteps: 500, metric: "mean Dice", patience: null },
  weightAverage: { decay: 0.98 },
  sampling: { kind: "shuffled" },
  input,
  preprocess: { minSize: 320, maxSize: 640, maskCollimation: true, testTimeFlip: false },
  optimizer: {
    method: { kind: "adamw", beta1: 0.9, beta2: 0.99 },
    weightDecay: 0.02,
    normWeightDecay: 0,
    clipNorm: 5,
    schedule: {
      baseLearningRate: 0.001,
      warmup: { steps: 50, factor: 0.01 },
      decay: { kind: "cosine" },
    },
  },
  model: {
    ...model,
    backbone: { ...model.backbone, freezeAt: 2 },
    aspp: { ...model.aspp, channels: 128 },
    decoder: { lowChannels: 24, channels: 64, convolutions: 2 },
    loss: { ...model.loss, prevalencePower: 0.5 },
  },
};

export const preliminaryWholeRecipe: RecipeOf<"segmentation"> = {
  ...preliminarySegmentationRecipe,
  name: "preliminary-segmentation-whole",
  expected: [
    { metric: "tibia Dice", value: 0.979, tolerance: 0.02, conditions: twoRounds },
    { metric: "fibula Dice", value: 0.973, tolerance: 0.02, conditions: twoRounds },
    { metric: "fracture Dice", value: 0.533, tolerance: 0.08, conditions: twoRounds },
    { metric: "AUC fracture in fibula", value: 0.925, tolerance: 0.04, conditions: twoRounds },
  ],
  steps: 300,
  batchSize: 4,
  checkpointEverySteps: 100,
  validation: { everySteps: 150, metric: "mean Dice", patience: null },
  weightAverage: { decay: 0.97 },
  input: { ...input, minCropFraction: 0.85, maxRotationDegrees: 8, window: null },
  // prelabel looks at the mirror image anyway, whose class tells how sure a classifier is.
  preprocess: { ...preliminarySegmentationRecipe.preprocess, testTimeFlip: true },
  optimizer: {
    ...preliminarySegmentationRecipe.optimizer,
    schedule: {
      baseLearningRate: 0.0002,
      warmup: { steps: 20, factor: 0.05 },
      decay: { kind: "cosine" },
    },
  },
};
