/**
 * A second stage of boxes with weights of its own (Cai and Vasconcelos 2018, Cascade R-CNN): what the first head has
 * found is pooled again, and another head moves it once more. The first learns from regions of any overlap above its
 * threshold, and most proposals are far; this one learns from what the first makes of them, where that overlaps an
 * object by more, and codes its smaller deltas with larger weights.
 *
 * Of the cascade it is the regression alone. Class, score and suppression stay the first head's: in itself it changes no
 * score, and only detections go through it, not all proposals. What lies around it may change scores and findings all the
 * same: its loss teaches the maps that both heads share; views of a radiograph are fused, and findings of one place
 * dropped, by the overlap of the boxes that it has moved. So a detector that was trained with it is calibrated again.
 * Detectron2's cascade averages the scores of its stages, and knows one box for all classes, where here as in the
 * first head every class has its own. It learns from boxes that went through the first head once; where `boxRegressions` is
 * more than 1, it is handed boxes that went through more often.
 *
 * Its parameters: `second_box_head.fc1`, `fc2`, … and `second_box_predictor.bbox_pred`, below `roi_heads`.
 */

import type { MaskRcnnConfig } from "@malleolus/schema";
import { autocast, nn, type Tensor } from "@malleolus/torch";
import { takeBoxes } from "../../boxes/box-array.ts";
import { matchBoxes, OBJECT } from "../../boxes/matching.ts";
import type { Features } from "../features.ts";
import type { Truth } from "../truth.ts";
import { type BoxHead, type BoxPredictions, boxHead } from "./box-head.ts";
import { boxRegressionLoss } from "./box-losses.ts";
import { type BoxRegressor, movedBoxes } from "./moved-boxes.ts";
import { arrangeRegions, poolRegions, type Regions } from "./region-pooling.ts";
import type { RegionSample } from "./region-sampling.ts";

/** What the first head says of the regions that were sampled for it. */
interface FirstStage {
  readonly sample: RegionSample;
  readonly predictions: BoxPredictions;
}

export interface SecondBoxHead extends BoxRegressor {
  readonly head: BoxHead;
  readonly predictor: { readonly bbox_pred: nn.Linear };
  /**
   * How far it is from the truth, over `total` regions of the first head. No gradient flows into the first head, whose
   * boxes are taken as they are. A scalar, float32, weighted.
   *
   * @param sizes true height and width of each image
   */
  loss(
    features: Features,
    first: FirstStage,
    truths: readonly Truth[],
    sizes: readonly (readonly [height: number, width: number])[],
    total: number,
  ): Tensor;
}

/** Null for a network without. */
export function secondBoxHead(config: MaskRcnnConfig): SecondBoxHead | null {
  const { roi, classes } = config;
  const { secondBoxHead: own } = roi;
  if (own === null) return null;
  const { boxWeights, iouThreshold, lossWeight } = own;
  const head = boxHead(config);
  const bbox_pred = nn.fullyConnected({
    in: roi.box.fullyConnectedChannels,
    out: classes.length * 4,
  });
  nn.normal(bbox_pred.weight, 0.001);
  const deltasOf = (pooled: Tensor) => {
    const hidden = head.forward(pooled);
    return autocast(null, () => bbox_pred.forward(hidden.to("float32")));
  };
  const rule = { ...roi.box, boxWeights, boxLossWeight: lossWeight };
  return {
    head,
    predictor: { bbox_pred },
    boxWeights,
    deltasOf,
    loss(features, first, truths, sizes, total) {
      const boxes = firstBoxes(first, sizes, roi.box.boxWeights);
      const objects = matchedAgain({ ...first.sample.regions, boxes }, truths, iouThreshold);
      const regions = arrangeRegions(
        objects.map((image) => image.boxes),
        roi,
      );
      const of = (from: (image: MatchedBoxes) => Int32Array) =>
        regions.places.map((place, i) => from(objects[regions.images[i]])[place]);
      const sample = {
        regions,
        classes: of((image) => image.classes),
        truths: of((image) => image.truths),
      };
      const deltas = deltasOf(poolRegions(features, regions, roi.box));
      return boxRegressionLoss(deltas, sample, truths, rule, total);
    },
  };
}

/** What the first head makes of each region, as an object's class or as the likeliest of a background's. [n * 4] */
function firstBoxes(
  { sample, predictions }: FirstStage,
  sizes: readonly (readonly [height: number, width: number])[],
  boxWeights: BoxRegressor["boxWeights"],
): Float32Array {
  const classCount = predictions.deltas.shape[1] / 4;
  const logits = predictions.logits.toFloat32Array(); // [n * (K + 1)]
  const rows = sample.classes.map((own, region) => {
    const from = region * (classCount + 1);
    const likeliest = () => indexOfLargest(logits.subarray(from, from + classCount));
    return region * classCount + (own < classCount ? own : likeliest());
  });
  const deltas = takeBoxes(predictions.deltas.toFloat32Array(), rows);
  return movedBoxes(sample.regions, deltas, sizes, boxWeights);
}

function indexOfLargest(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** Of one image. */
interface MatchedBoxes {
  /** [n * 4] */
  readonly boxes: Float32Array;
  /** Of the truth that each overlaps most. [n] */
  readonly truths: Int32Array;
  /** That truth's. [n] */
  readonly classes: Int32Array;
}

/** Of each image the boxes that overlap one of its truths by at least the threshold, whatever they were before. */
export function matchedAgain(
  { boxes, images }: Pick<Regions, "boxes" | "images">,
  truths: readonly Truth[],
  iouThreshold: number,
): MatchedBoxes[] {
  const rule = { background: iouThreshold, object: iouThreshold, lowQualityMatches: false };
  const rows: number[][] = truths.map(() => []);
  images.forEach((image, region) => {
    rows[image].push(region);
  });
  return truths.map((truth, image) => {
    const own = takeBoxes(boxes, rows[image]);
    const matches = matchBoxes(own, truth.boxes, rule);
    const objects = [...matches.labels.keys()].filter((i) => matches.labels[i] === OBJECT);
    const matched = Int32Array.from(objects, (i) => matches.truths[i]);
    return {
      boxes: takeBoxes(own, objects),
      truths: matched,
      classes: matched.map((one) => truth.classes[one]),
    };
  });
}
