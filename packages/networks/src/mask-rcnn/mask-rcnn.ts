/**
 * Mask R-CNN (He et al. 2017) on a feature pyramid, Detectron2's `GeneralizedRCNN`: its defaults
 * and, in `nn.stateDict(model)`, its parameter names.
 */

import { type Detection, type Examined, type Target, weighedByImage } from "@malleolus/imaging";
import type { RandomStreams } from "@malleolus/random";
import type { MaskRcnnConfig } from "@malleolus/schema";
import { noGrad, scope, stage, type Tensor } from "@malleolus/torch";
import { type FeaturePyramid, featurePyramid } from "../backbones/fpn.ts";
import type { ImageBatch } from "../input/image-batch.ts";
import { shareOf, undividedBatch, type WholeBatch } from "../whole-batch.ts";
import { type ImageHead, imageHead, imageLoss } from "./image-head.ts";
import {
  type RegionProposalNetwork,
  regionProposalNetwork,
} from "./proposals/region-proposal-network.ts";
import { type RoiHeads, roiHeads } from "./regions/roi-heads.ts";
import { truthOf } from "./truth.ts";

/** Scalars in float32, weighted: their sum is what training minimises. */
export interface Losses {
  readonly rpnClass: Tensor;
  readonly rpnBox: Tensor;
  readonly boxClass: Tensor;
  readonly boxRegression: Tensor;
  /** Of a network with a second box head. */
  readonly secondBox?: Tensor;
  readonly mask: Tensor;
  /** Of a network with an image head. */
  readonly image?: Tensor;
}

export interface MaskRcnn {
  readonly config: MaskRcnnConfig;
  readonly backbone: FeaturePyramid;
  readonly proposal_generator: RegionProposalNetwork;
  readonly roi_heads: RoiHeads;
  readonly image_head?: ImageHead;
  /** How far the network is from the truth; one target an image. `whole` where these are a share of a batch. */
  losses(
    images: ImageBatch,
    targets: readonly Target[],
    random: RandomStreams,
    whole?: WholeBatch,
  ): Losses;
  /** What the network sees in each image. */
  examine(images: ImageBatch): Examined[];
  /** The detections alone. */
  detect(images: ImageBatch): Detection[][];
}

/** A network with new weights, drawn from LibTorch's generator. */
export function maskRcnn(config: MaskRcnnConfig): MaskRcnn {
  const backbone = featurePyramid(config.backbone);
  const proposals = regionProposalNetwork(config);
  const regions = roiHeads(config);
  const radiograph = imageHead(config);
  const { lossWeight, weighsScores } = config.imageHead ?? { lossWeight: 0, weighsScores: false };
  const examine = (images: ImageBatch): Examined[] =>
    noGrad(() =>
      scope(() => {
        const features = backbone.forward(images.tensor);
        const proposed = proposals.propose(features, images.sizes);
        const found = regions.detect(features.slice(0, 4), proposed, images.sizes);
        const logits = radiograph?.logits(features.slice(0, 4), images.sizes) ?? null;
        const shown = logits?.sigmoid().toFloat32Array() ?? null;
        const classes = config.classes.length;
        return found.map((detections, i) => {
          const own = shown?.slice(i * classes, (i + 1) * classes) ?? null;
          const seen = { detections, shown: own };
          return weighsScores ? weighedByImage(seen, config.roi.scoreThreshold) : seen;
        });
      }),
    );
  return {
    config,
    backbone,
    proposal_generator: proposals,
    roi_heads: regions,
    ...(radiograph === null ? {} : { image_head: radiograph }),
    losses(images, targets, random, whole = undividedBatch) {
      // What the gradients need is kept by the graph, which lets go of it on its way back.
      return scope(() => {
        const truths = targets.map(truthOf);
        const features = backbone.forward(images.tensor);
        const proposed = proposals.losses(features, images.sizes, truths, random, whole);
        const found = regions.losses(
          features.slice(0, 4),
          proposed.proposals,
          images.sizes,
          truths,
          random,
          whole,
        );
        return {
          rpnClass: proposed.classLoss,
          rpnBox: proposed.boxLoss,
          ...found,
          ...(radiograph === null
            ? {}
            : {
                image: stage("image head", () =>
                  imageLoss(
                    radiograph.logits(features.slice(0, 4), images.sizes),
                    targets,
                    lossWeight * shareOf(targets.length, whole.images(targets.length)),
                  ),
                ),
              }),
        };
      });
    },
    examine,
    detect: (images) => examine(images).map(({ detections }) => detections),
  };
}
