/**
 * The paper's study in three quarters of an hour on two cores with AMX: half the resolution (320 to 384
 * pixels) and 12 of the 64 epochs, in batches of 4 with a rate in proportion (0.05 / 3), so that there are
 * three times as many steps. The rate falls by a cosine instead of in three steps that would leave most
 * of a short training at a hundredth of it; gradients are clipped, and the detector is a moving
 * average of the weights.
 */
import type { RecipeOf } from "@malleolus/schema";
import { paperRecipe } from "./paper.ts";

const { optimizer } = paperRecipe;

/** Of the recipes that were tried on the simulated study. */
export const paperStudyConditions =
  "experiments/paper-study.ts: phantom 1, 725 simulated radiographs, the internal test's 100 patients, " +
  "missed fractures with IoU 0, MSRA ResNet-50 weights, bfloat16";

export const paperCpuSummary =
  "the paper's study in 45 minutes on two cores: 12 epochs, 4 a step at 384 pixels";

export const paperCpuRecipe: RecipeOf<"mask-rcnn"> = {
  ...paperRecipe,
  name: "paper-cpu",
  expected: [
    { metric: "AUC, Weber A", value: 0.99, tolerance: 0.04, conditions: paperStudyConditions },
    { metric: "AUC, Weber B", value: 0.99, tolerance: 0.04, conditions: paperStudyConditions },
    { metric: "AUC, Weber C", value: 0.98, tolerance: 0.04, conditions: paperStudyConditions },
    {
      metric: "accuracy of four classes",
      value: 0.87,
      tolerance: 0.08,
      conditions: paperStudyConditions,
    },
    { metric: "mean box IoU", value: 0.68, tolerance: 0.05, conditions: paperStudyConditions },
    { metric: "mean mask IoU", value: 0.65, tolerance: 0.05, conditions: paperStudyConditions },
  ],
  steps: 2247,
  epochs: 12,
  batchSize: 4,
  gradientAccumulation: 1,
  checkpointEverySteps: 50,
  validation: { everySteps: 500, metric: "box AP50", patience: null },
  weightAverage: { decay: 0.998 },
  input: { ...paperRecipe.input, minSizes: [320, 352, 384], maxSize: 640 },
  preprocess: { minSize: 384, maxSize: 640, maskCollimation: false, testTimeFlip: false },
  optimizer: {
    ...optimizer,
    clipNorm: 10,
    schedule: { ...optimizer.schedule, baseLearningRate: 0.05 / 3, decay: { kind: "cosine" } },
  },
};
