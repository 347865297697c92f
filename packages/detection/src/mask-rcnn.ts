/**
 * Mask R-CNN (He et al. 2017) on a feature pyramid, Detectron2's `GeneralizedRCNN`: its defaults
 * and, in `nn.stateDict(model)`, its parameter names.
 */
import { noGrad, scope, type Tensor } from "@malleolus/torch";
import { type FeaturePyramid, featurePyramid } from "./backbones/fpn.ts";
import type { MaskRcnnConfig } from "./config.ts";
import type { Detection } from "./detection.ts";
import type { ImageBatch } from "./images.ts";
import {
  type RegionProposalNetwork,
  regionProposalNetwork,
} from "./proposals/region-proposal-network.ts";
import type { Draw } from "./random.ts";
import { type RoiHeads, roiHeads } from "./regions/roi-heads.ts";
import type { Target } from "./targets.ts";

/** Scalars in float32, weighted: their sum is what training minimises. */
export interface Losses {
  readonly rpnClass: Tensor;
  readonly rpnBox: Tensor;
  readonly boxClass: Tensor;
  readonly boxRegression: Tensor;
  readonly mask: Tensor;
}

export interface MaskRcnn {
  readonly config: MaskRcnnConfig;
  readonly backbone: FeaturePyramid;
  readonly proposal_generator: RegionProposalNetwork;
  readonly roi_heads: RoiHeads;
  /** How far the network is from the truth; one target an image. */
  losses(images: ImageBatch, targets: readonly Target[], draw: Draw): Losses;
  /** What the network sees in each image, by falling score. */
  detect(images: ImageBatch): Detection[][];
}

/** A network with new weights, drawn from LibTorch's generator. */
export function maskRcnn(config: MaskRcnnConfig): MaskRcnn {
  const backbone = featurePyramid(config.backbone);
  const proposals = regionProposalNetwork(config);
  const regions = roiHeads(config);
  return {
    config,
    backbone,
    proposal_generator: proposals,
    roi_heads: regions,
    losses(images, targets, draw) {
      const features = backbone.forward(images.tensor);
      const proposed = proposals.losses(features, images.sizes, targets, draw);
      const found = regions.losses(features.slice(0, 4), proposed.proposals, targets, draw);
      return {
        rpnClass: proposed.classLoss,
        rpnBox: proposed.boxLoss,
        boxClass: found.boxClass,
        boxRegression: found.boxRegression,
        mask: found.mask,
      };
    },
    detect(images) {
      return noGrad(() =>
        scope(() => {
          const features = backbone.forward(images.tensor);
          const proposed = proposals.propose(features, images.sizes);
          return regions.detect(features.slice(0, 4), proposed, images.sizes);
        }),
      );
    },
  };
}
