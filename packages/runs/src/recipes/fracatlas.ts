/**
 * Fractures of every limb, from FracAtlas, in one training on an EfficientNet-Lite2, without AMX: two thirds of the
 * steps show windows around fractures, at their own scale and for less than half of the work, the others whole radiographs, at more
 * pixels than those of `fracatlas-lite`. All radiographs without a fracture train its image head.
 */
import type { RecipeOf } from "@malleolus/schema";
import { fracatlasLiteRecipe } from "./fracatlas-lite.ts";

const { model, input, preprocess, optimizer } = fracatlasLiteRecipe;

const conditions =
  "FracAtlas, 238 validation images, scores from 0.05, EfficientNet-Lite2's ImageNet weights, normals.json too, a tenth " +
  "of the training images held out, float32";

export const fracatlasSummary =
  "fractures of every limb, from FracAtlas, on an EfficientNet-Lite2: 80 minutes on two cores, at 448 to 640 pixels";

export const fracatlasRecipe: RecipeOf<"mask-rcnn"> = {
  ...fracatlasLiteRecipe,
  name: "fracatlas",
  expected: [
    { metric: "box AP50", value: 0.454, tolerance: 0.05, conditions },
    { metric: "mask AP50", value: 0.42, tolerance: 0.05, conditions },
    { metric: "image AUC", value: 0.897, tolerance: 0.03, conditions },
  ],
  seed: 11,
  batchSize: 4,
  validation: { everySteps: 2400, metric: "box AP", patience: null },
  checkpointEverySteps: 50,
  input: {
    ...input,
    minSizes: [448, 512, 576, 640],
    maxSize: 1024,
    window: { side: 384, around: ["fracture"], probability: 1, stepShare: 0.67 },
  },
  preprocess: { ...preprocess, minSize: 640, maxSize: 1120 },
  optimizer: { ...optimizer, schedule: { ...optimizer.schedule, baseLearningRate: 0.0003 } },
  model: {
    ...model,
    backbone: { kind: "efficientnet-lite2", norm: "frozen", freezeAt: 5, fpnChannels: 96 },
  },
};
