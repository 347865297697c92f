/**
 * Fractures of every limb, from FracAtlas' thousand radiographs, on a ResNet-50, in about 75 minutes on two cores with
 * AMX. Fractures are small (7 % of the shorter side, as a median), so radiographs are shown larger than
 * they are, with anchors of two sizes a level; there are few, so they come turned, mirrored, cropped
 * and in other greys. What is not pretrained (pyramid and heads) is narrow, for speed.
 */
import type { RecipeOf } from "@malleolus/schema";
import { quickRecipe } from "./quick.ts";

const { model } = quickRecipe;

const conditions =
  "FracAtlas, 238 validation images, scores from 0.05, MSRA ResNet-50 weights, a tenth of the " +
  "training images held out, bfloat16";

export const fracatlasResNet50Summary =
  "the same on a ResNet-50: 75 minutes on two cores with AMX, at 416 to 608 pixels";

export const fracatlasResNet50Recipe: RecipeOf<"mask-rcnn"> = {
  ...quickRecipe,
  name: "fracatlas-resnet50",
  expected: [
    { metric: "box AP50", value: 0.455, tolerance: 0.03, conditions },
    { metric: "mask AP50", value: 0.445, tolerance: 0.03, conditions },
    { metric: "image AUC", value: 0.885, tolerance: 0.03, conditions },
  ],
  steps: 4400,
  checkpointEverySteps: 220,
  sampling: { kind: "negative-fraction", fraction: 0.3 },
  // Precision at one overlap jumps by hundredths between the validations of so few radiographs.
  validation: { everySteps: 880, metric: "box AP", patience: null },
  weightAverage: { decay: 0.998 },
  input: {
    minSizes: [416, 448, 480, 512, 544, 576, 608],
    maxSize: 960,
    flipProbability: 0.5,
    minCropFraction: 0.7,
    maxGamma: 1.4,
    maxRotationDegrees: 15,
    halfTurnProbability: 0.25,
    otherMachine: null,
    window: null,
  },
  // Larger than most that are trained on, because those are enlarged: crops take their whole size.
  preprocess: { minSize: 576, maxSize: 1024, maskCollimation: false, testTimeFlip: true },
  optimizer: {
    method: { kind: "adamw", beta1: 0.9, beta2: 0.99 },
    weightDecay: 0.05,
    normWeightDecay: 0,
    clipNorm: 5,
    schedule: {
      baseLearningRate: 0.0002,
      warmup: { steps: 200, factor: 0.01 },
      decay: { kind: "cosine" },
    },
  },
  model: {
    ...model,
    // Few different sizes of batches: LibTorch prepares its convolutions anew for each.
    sizeDivisibility: 64,
    backbone: { ...model.backbone, fpnChannels: 128 },
    anchors: {
      ...model.anchors,
      sizes: [
        [20, 28],
        [40, 56],
        [80, 112],
        [160, 224],
        [320, 448],
      ],
      aspectRatios: [0.5, 1, 2, 4],
    },
    rpn: {
      ...model.rpn,
      iouThresholds: [0.3, 0.6],
      preNms: { train: 1000, test: 1000 },
      postNms: { train: 300, test: 300 },
    },
    roi: {
      ...model.roi,
      batchSizePerImage: 128,
      box: { ...model.roi.box, fullyConnectedChannels: 512 },
      mask: { ...model.roi.mask, channels: 128 },
    },
  },
};
