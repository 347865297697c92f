/**
 * FracAtlas' recipe for one core: an EfficientNet-Lite2 in about an hour without AMX. A line through its frozen features
 * tells fractures as one through ResNet-50's does, and a step takes little more than half of the processor time. Radiographs
 * are smaller, and the first third of the network rests. An image head learns from all radiographs without a fracture whether one shows any, and
 * weighs the scores of what is found.
 */
import type { RecipeOf } from "@malleolus/schema";
import { fracatlasResNet50Recipe } from "./fracatlas-resnet50.ts";

const { model } = fracatlasResNet50Recipe;

const conditions =
  "FracAtlas, 238 validation images, scores from 0.05, EfficientNet-Lite2's ImageNet weights, normals.json too, a tenth " +
  "of the training images held out, float32";

export const fracatlasLiteSummary = "the same with less: an hour on one core, at 352 to 448 pixels";

export const fracatlasLiteRecipe: RecipeOf<"mask-rcnn"> = {
  ...fracatlasResNet50Recipe,
  name: "fracatlas-lite",
  expected: [
    { metric: "box AP50", value: 0.37, tolerance: 0.05, conditions },
    { metric: "mask AP50", value: 0.33, tolerance: 0.05, conditions },
    { metric: "image AUC", value: 0.9, tolerance: 0.03, conditions },
  ],
  steps: 2400,
  dtype: "float32",
  checkpointEverySteps: 100,
  sampling: { kind: "negative-fraction", fraction: 0.4 },
  validation: { everySteps: 1200, metric: "box AP", patience: null },
  input: { ...fracatlasResNet50Recipe.input, minSizes: [352, 384, 416, 448], maxSize: 720 },
  preprocess: { ...fracatlasResNet50Recipe.preprocess, minSize: 448, maxSize: 800 },
  model: {
    ...model,
    backbone: { kind: "efficientnet-lite2", norm: "frozen", freezeAt: 8, fpnChannels: 96 },
    imageHead: { hiddenChannels: 256, lossWeight: 1, weighsScores: true },
  },
};
