/**
 * The paper's second preliminary network: MobileNetV2 with a softmax over the classes of a radiograph, by
 * whose doubts the cases are chosen that are worth an annotator's time; learned from 147 radiographs with a
 * fracture and 228 without. It begins with the segmentation's weights (`--weights`) and looks where that finds tibia,
 * fibula and fracture: in the mean over a whole radiograph, the paper's form (`preliminary-classification-mean`), a
 * fracture is lost, and so few radiographs teach no more than chance (macro AUC 0.55). bench/RESULTS.md.
 *
 * Classes come as often as each other, which is the paper's weighting by prevalence. Nothing is cropped far:
 * a fracture that is cut off would leave its class behind.
 */
import { classifierConfig, type RecipeOf } from "@malleolus/schema";
import { preliminaryWholeRecipe } from "./preliminary-segmentation.ts";

const model = classifierConfig([]);
const { input, optimizer, preprocess, model: segmentation } = preliminaryWholeRecipe;

const conditions =
  "simulated ankles (phantom 2, seed weights, pitch 0.48 mm): trained on 375 radiographs, " +
  "139 of 48 other patients, float32, from preliminary-segmentation-whole's weights";

export const preliminaryClassificationSummary =
  "the class of a radiograph, where the segmentation finds something, 6 minutes on one core";

export const preliminaryClassificationRecipe: RecipeOf<"classification"> = {
  ...preliminaryWholeRecipe,
  name: "preliminary-classification",
  expected: [
    {
      metric: "macro AUC",
      value: 0.904,
      tolerance: 0.05,
      conditions: `${conditions} after two rounds of windows`,
    },
  ],
  steps: 400,
  checkpointEverySteps: 100,
  validation: { everySteps: 100, metric: "macro AUC", patience: null },
  weightAverage: { decay: 0.98 },
  sampling: { kind: "class-balanced" },
  input: { ...input, minCropFraction: 0.9, maxRotationDegrees: 10 },
  preprocess: { ...preprocess, testTimeFlip: false },
  optimizer: {
    ...optimizer,
    schedule: {
      baseLearningRate: 0.01,
      warmup: { steps: 25, factor: 0.05 },
      decay: { kind: "cosine" },
    },
  },
  model: {
    ...model,
    backbone: segmentation.backbone,
    pooling: {
      kind: "structures",
      structures: segmentation.structures,
      aspp: segmentation.aspp,
      decoder: segmentation.decoder,
    },
  },
};

export const preliminaryMeanSummary =
  "the paper's form of it, a network of its own that averages over the radiograph: 10 minutes on two cores";

export const preliminaryMeanRecipe: RecipeOf<"classification"> = {
  ...preliminaryClassificationRecipe,
  name: "preliminary-classification-mean",
  expected: [
    {
      metric: "macro AUC",
      value: 0.553,
      tolerance: 0.1,
      conditions: `no better than chance; ${conditions} after one round of windows`,
    },
  ],
  steps: 500,
  checkpointEverySteps: 125,
  validation: { everySteps: 125, metric: "macro AUC", patience: null },
  optimizer: {
    ...optimizer,
    schedule: {
      baseLearningRate: 0.0005,
      warmup: { steps: 25, factor: 0.05 },
      decay: { kind: "cosine" },
    },
  },
  model: { ...model, backbone: { ...model.backbone, freezeAt: 5 } },
};
