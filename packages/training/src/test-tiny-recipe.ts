/**
 * For tests: a narrow network on radiographs of 64 pixels, a few steps long. It learns
 * nothing worth having, in seconds.
 */
import { quickRecipe } from "@malleolus/runs";
import type { RecipeOf, ResNetMaskRcnnConfig } from "@malleolus/schema";

const { model } = quickRecipe;

export const tinyRecipe: RecipeOf<"mask-rcnn"> & { readonly model: ResNetMaskRcnnConfig } = {
  ...quickRecipe,
  name: "tiny",
  steps: 6,
  dtype: "float32",
  checkpointEverySteps: 2,
  input: { ...quickRecipe.input, minSizes: [56, 64], maxSize: 96 },
  preprocess: { minSize: 64, maxSize: 96, maskCollimation: false, testTimeFlip: false },
  model: {
    ...model,
    backbone: { ...model.backbone, depth: 26, width: 32, fpnChannels: 32 },
    anchors: { ...model.anchors, sizes: [[8], [16], [32], [64], [96]] },
    rpn: { ...model.rpn, preNms: { train: 100, test: 100 }, postNms: { train: 50, test: 50 } },
    roi: {
      ...model.roi,
      batchSizePerImage: 32,
      box: { ...model.roi.box, fullyConnectedChannels: 64 },
      mask: { ...model.roi.mask, convolutions: 1, channels: 32 },
    },
  },
};
