/**
 * The paper's second preliminary network: MobileNetV2 with a softmax over the classes of a radiograph, by
 * whose doubts the cases are chosen that are worth an annotator's time; learned from 147 radiographs with a
 * fracture and 228 without within 25 minutes on two cores. It begins with the segmentation's weights
 * (`--weights`), which have seen where fractures are: so few radiographs do not teach that to weights of
 * photographs.
 *
 * Classes come as often as each other, which is the paper's weighting by prevalence. Nothing is cropped far:
 * a fracture that is cut off would leave its class behind.
 */
import { classifierConfig, type RecipeOf } from "@malleolus/schema";
import { preliminarySegmentationRecipe } from "./preliminary-segmentation.ts";

const model = classifierConfig([]);
const { optimizer } = preliminarySegmentationRecipe;

export const preliminaryClassificationSummary =
  "the class of a radiograph: MobileNetV2 with a softmax, 25 minutes on two cores";

export const preliminaryClassificationRecipe: RecipeOf<"classification"> = {
  ...preliminarySegmentationRecipe,
  name: "preliminary-classification",
  expected: [
    {
      metric: "macro AUC",
      value: 0.95,
      tolerance: 0.05,
      conditions: "the aim on simulated ankles; no run of all its steps has been measured yet",
    },
  ],
  steps: 600,
  batchSize: 8,
  validation: { everySteps: 250, metric: "macro AUC", patience: null },
  sampling: { kind: "class-balanced" },
  input: { ...preliminarySegmentationRecipe.input, minCropFraction: 0.9 },
  optimizer: {
    ...optimizer,
    schedule: { ...optimizer.schedule, baseLearningRate: 0.0005 },
  },
  model: { ...model, backbone: { ...model.backbone, freezeAt: 4 } },
};
