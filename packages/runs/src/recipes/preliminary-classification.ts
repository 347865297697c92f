/**
 * The paper's second preliminary network: MobileNetV2 with a softmax over the classes of a radiograph, by
 * whose doubts the cases are chosen that are worth an annotator's time; learned from 147 radiographs with a
 * fracture and 228 without. It begins with the segmentation's weights (`--weights`), which have seen where
 * fractures are: so few radiographs do not teach that to weights of photographs. Its first blocks stay as the
 * segmentation left them.
 *
 * It has not learned anything yet: after all of its steps the classes of other patients are told apart no better
 * than by chance (macro AUC 0.55), since a fracture is lost in the mean over a radiograph. bench/RESULTS.md.
 *
 * Classes come as often as each other, which is the paper's weighting by prevalence. Nothing is cropped far:
 * a fracture that is cut off would leave its class behind.
 */
import { classifierConfig, type RecipeOf } from "@malleolus/schema";
import { preliminaryWholeRecipe } from "./preliminary-segmentation.ts";

const model = classifierConfig([]);
const { input, optimizer } = preliminaryWholeRecipe;

export const preliminaryClassificationSummary =
  "the class of a radiograph: MobileNetV2 with a softmax, 10 minutes on two cores";

export const preliminaryClassificationRecipe: RecipeOf<"classification"> = {
  ...preliminaryWholeRecipe,
  name: "preliminary-classification",
  expected: [
    {
      metric: "macro AUC",
      value: 0.553,
      tolerance: 0.1,
      conditions:
        "no better than chance; simulated ankles (phantom 2, seed weights, pitch 0.48 mm): trained on 375 radiographs, " +
        "139 of 48 other patients, from preliminary-segmentation-whole's weights, float32",
    },
  ],
  steps: 500,
  checkpointEverySteps: 125,
  validation: { everySteps: 125, metric: "macro AUC", patience: null },
  weightAverage: { decay: 0.98 },
  sampling: { kind: "class-balanced" },
  input: { ...input, minCropFraction: 0.9, maxRotationDegrees: 10 },
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
