/**
 * The paper's first preliminary network: DeepLabV3+ on MobileNetV2, which outlines tibia, fibula and fracture
 * for annotators to mend, learned from 147 radiographs with a fracture and 228 without. A step takes 1.2 s of
 * one core's time with AVX2, so the whole is about 25 minutes on two cores. It begins with weights of ImageNet
 * (`--weights`): their statistics stay, and so do the first blocks, whose edges are those of any picture and
 * whose large maps cost most. What has no weights, pyramid and decoder, is narrower than its authors have it,
 * for speed.
 *
 * Bones come first: after 339 steps no fracture was found yet (Dice 0, where bones had 0.94 and 0.90), and 110
 * steps more with fractures weighed higher did not change it. Targets and losses are not why: fractures that
 * are darkened are learned within eighty steps. As they are, they are faint, and 147 radiographs of them teach
 * slowly (bench/RESULTS.md). What all steps reach has not been measured.
 *
 * A fracture is a thousandth of a radiograph. Dice counts its own pixels, and in the cross-entropy one of
 * them weighs as the root of its rarity: weighed to the full it would be found everywhere.
 */
import { deepLabConfig, type RecipeOf } from "@malleolus/schema";
import { quickRecipe } from "./quick.ts";

const model = deepLabConfig();

const conditions =
  "after 339 steps of a run of 500; simulated ankles (phantom 2, seed weights, pitch 0.48 mm): trained on 375 radiographs, " +
  "111 of 37 other patients, Gluon's weights, float32";

export const preliminarySegmentationSummary =
  "outlines of tibia, fibula and fracture: DeepLabV3+ on MobileNetV2, 25 minutes on two cores";

export const preliminarySegmentationRecipe: RecipeOf<"segmentation"> = {
  ...quickRecipe,
  name: "preliminary-segmentation",
  expected: [
    { metric: "tibia Dice", value: 0.937, tolerance: 0.02, conditions },
    { metric: "fibula Dice", value: 0.896, tolerance: 0.02, conditions },
  ],
  steps: 1500,
  batchSize: 4,
  dtype: "float32",
  checkpointEverySteps: 100,
  validation: { everySteps: 500, metric: "mean Dice", patience: null },
  weightAverage: { decay: 0.98 },
  sampling: { kind: "shuffled" },
  input: {
    minSizes: [256],
    maxSize: 512,
    flipProbability: 0.5,
    minCropFraction: 0.8,
    maxGamma: 1.4,
    maxRotationDegrees: 10,
    halfTurnProbability: 0,
    window: null,
  },
  preprocess: { minSize: 256, maxSize: 512, maskCollimation: true, testTimeFlip: false },
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
    backbone: { ...model.backbone, freezeAt: 4 },
    aspp: { ...model.aspp, channels: 128 },
    decoder: { lowChannels: 24, channels: 64, convolutions: 2 },
    loss: { ...model.loss, prevalencePower: 0.5 },
  },
};
