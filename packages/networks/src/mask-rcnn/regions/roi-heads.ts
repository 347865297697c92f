/**
 * The heads of the regions: class and box of every proposal, then a mask for each detection (He
 * et al. 2017). Its parameters have Detectron2's names below `roi_heads`.
 */

import type { Detection } from "@malleolus/imaging";
import type { RandomStreams } from "@malleolus/random";
import type { MaskRcnnConfig } from "@malleolus/schema";
import { type nn, noGrad, scope, stage, type Tensor } from "@malleolus/torch";
import { shareOf, undividedBatch, type WholeBatch } from "../../whole-batch.ts";
import type { Features } from "../features.ts";
import type { Truth } from "../truth.ts";
import { type BoxHead, type BoxPredictor, boxHead, boxPredictor } from "./box-head.ts";
import { type DetectedBoxes, detectBoxes } from "./box-inference.ts";
import { type BoxLosses, boxLosses } from "./box-losses.ts";
import { type MaskHead, maskHead } from "./mask-head.ts";
import { detectMasks } from "./mask-inference.ts";
import { maskedRegions, maskLoss } from "./mask-loss.ts";
import { arrangeRegions, poolRegions, selectRegions } from "./region-pooling.ts";
import { sampleRegions } from "./region-sampling.ts";
import { regressAgain } from "./regress-again.ts";
import { secondBoxHead } from "./second-box-head.ts";

/** Boxes [n * 4] of each image, in pixels. */
type Proposals = readonly Float32Array[];
/** True height and width of each image. */
type Sizes = readonly (readonly [height: number, width: number])[];

/** Scalars, float32, weighted. */
interface RegionLosses extends BoxLosses {
  /** Of heads with a second box head. */
  readonly secondBox?: Tensor;
  readonly mask: Tensor;
}

export interface RoiHeads {
  readonly box_head: BoxHead;
  readonly box_predictor: BoxPredictor;
  readonly mask_head: MaskHead;
  readonly second_box_head?: BoxHead;
  readonly second_box_predictor?: { readonly bbox_pred: nn.Linear };
  losses(
    features: Features,
    proposals: Proposals,
    sizes: Sizes,
    truths: readonly Truth[],
    random: RandomStreams,
    whole?: WholeBatch,
  ): RegionLosses;
  /** What was found in each image, by falling score, within its true size. */
  detect(features: Features, proposals: Proposals, sizes: Sizes): Detection[][];
}

export function roiHeads(config: MaskRcnnConfig): RoiHeads {
  const { roi } = config;
  const classCount = config.classes.length;
  const boxes = boxHead(config);
  const predictor = boxPredictor(config);
  const masks = maskHead(config);
  // Last, so that the others are drawn as without it.
  const second = secondBoxHead(config);
  const first = {
    deltasOf: (pooled: Tensor) => predictor.predict(boxes.forward(pooled)).deltas,
    boxWeights: roi.box.boxWeights,
  };
  return {
    box_head: boxes,
    box_predictor: predictor,
    mask_head: masks,
    ...(second === null
      ? {}
      : { second_box_head: second.head, second_box_predictor: second.predictor }),
    losses(features, proposals, sizes, truths, random, whole = undividedBatch) {
      const sample = stage("region sampling", () =>
        sampleRegions(proposals, truths, classCount, random, roi),
      );
      const pooled = stage("box pooling", () => poolRegions(features, sample.regions, roi.box));
      const predictions = stage("box head", () => predictor.predict(boxes.forward(pooled)));

      const masked = maskedRegions(sample, truths, classCount);
      const maskRegions = selectRegions(sample.regions, masked);
      const logits = stage("mask head", () => masks.predict(features, maskRegions));
      return stage("region losses", () => {
        const [regionsInAll, maskedInAll] = whole.sum([sample.classes.length, masked.length]);
        const maskShare = shareOf(masked.length, maskedInAll);
        return {
          ...boxLosses(predictions, sample, truths, roi.box, regionsInAll),
          ...(second === null
            ? {}
            : {
                secondBox: second.loss(
                  features,
                  { sample, predictions },
                  truths,
                  sizes,
                  regionsInAll,
                ),
              }),
          mask: maskLoss(logits, masked, sample, truths).mul(roi.mask.lossWeight * maskShare),
        };
      });
    },
    detect(features, proposals, sizes) {
      return noGrad(() =>
        scope(() => {
          const regions = arrangeRegions(proposals, roi);
          const pooled = stage("box pooling", () => poolRegions(features, regions, roi.box));
          const predictions = stage("box head", () => predictor.predict(boxes.forward(pooled)));
          let found = stage("box selection", () => detectBoxes(predictions, regions, sizes, roi));
          for (let done = 1; done < roi.boxRegressions; done++) {
            found = stage("box head", () => regressAgain(features, found, sizes, roi, first));
          }
          if (second !== null) {
            found = stage("box head", () => regressAgain(features, found, sizes, roi, second));
          }
          return withMasks(
            found,
            stage("masks", () => detectMasks(masks, features, found, roi)),
          );
        }),
      );
    },
  };
}

/** As detections, each with its mask. */
export function withMasks(
  found: readonly DetectedBoxes[],
  masks: readonly (readonly Float32Array[])[],
): Detection[][] {
  return found.map(({ boxes, classes, scores, probabilities }, image) => {
    const classCount = probabilities.length / classes.length;
    return masks[image].map((mask, i) => ({
      box: [boxes[i * 4], boxes[i * 4 + 1], boxes[i * 4 + 2], boxes[i * 4 + 3]],
      class: classes[i],
      score: scores[i],
      probabilities: probabilities.slice(i * classCount, (i + 1) * classCount),
      mask,
    }));
  });
}
