/**
 * A first detector on two cores: small radiographs, Detectron2's network and losses.
 *
 * Two radiographs a step instead of Detectron2's sixteen ask for a smaller rate by the linear
 * rule (0.02 / 8 = 0.0025); with clipped gradients and a short run four times that is stable.
 */
import { detectron2Config } from "@malleolus/detection";
import type { Recipe } from "../recipe.ts";

export const quickRecipe: Recipe = {
  format: "malleolus-recipe-1",
  name: "quick",
  expected: [],
  seed: 1,
  steps: 1500,
  batchSize: 2,
  dtype: "bfloat16",
  checkpointEverySteps: 100,
  data: null,
  weights: null,
  sampling: { negativeShare: 0.25 },
  input: {
    minSizes: [320, 352, 384],
    maxSize: 640,
    flipProbability: 0.5,
    leastCropShare: 0.8,
  },
  preprocess: { minSize: 384, maxSize: 640 },
  optimiser: {
    momentum: 0.9,
    weightDecay: 0.0001,
    normWeightDecay: 0,
    clipNorm: 10,
    schedule: {
      baseLearningRate: 0.01,
      warmup: { steps: 100, factor: 0.001 },
      decay: { kind: "cosine" },
    },
  },
  model: detectron2Config([]),
};
