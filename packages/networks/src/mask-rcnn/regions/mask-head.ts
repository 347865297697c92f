/**
 * The mask head: which cells of a region belong to the object, for every class on its own (He et
 * al. 2017). Here is Detectron2's MaskRCNNConvUpsampleHead; `mask-fine-head.ts` is the other one.
 *
 * Shapes: n regions, C channels, S pooled size, M = 2 S output size, K classes.
 */

import type { MaskRcnnConfig } from "@malleolus/schema";
import { nn, type Tensor } from "@malleolus/torch";
import type { Features } from "../features.ts";
import { pixelShuffle } from "./mask-cells.ts";
import { fineMaskHead } from "./mask-fine-head.ts";
import { type MaskTrunk, maskTrunk } from "./mask-trunk.ts";
import { poolRegions, type Regions } from "./region-pooling.ts";

/** `mask_fcn1`, `mask_fcn2`, …, `deconv`, …, `predictor`. */
export type MaskHead = MaskTrunk["named"] & {
  readonly predictor: nn.Convolution;
  /** Logits of each region, on a grid as fine as the head makes it. [n, K, M, M] */
  predict(features: Features, regions: Regions): Tensor;
};

export function maskHead(config: MaskRcnnConfig): MaskHead {
  const { head } = config.roi.mask;
  return head.kind === "fine" ? fineMaskHead(config, head) : detectron2MaskHead(config);
}

function detectron2MaskHead(config: MaskRcnnConfig): MaskHead {
  const { mask } = config.roi;
  const trunk = maskTrunk(config);
  const predictor = nn.convolution({ in: mask.channels, out: config.classes.length, kernel: 1 });
  trunk.fill();
  nn.normal(predictor.weight, 0.001);
  return {
    ...trunk.named,
    predictor,
    predict(features, regions) {
      const cells = trunk.cells(poolRegions(features, regions, mask)); // [n, C, S, 4 S]
      return pixelShuffle(predictor.forward(cells), 1);
    },
  };
}
