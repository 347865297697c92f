/**
 * The losses of the box head: the class of every sampled region, and for objects the way from the
 * region to the true box (Detectron2, modeling/roi_heads/fast_rcnn.py).
 */

import type { BoxHeadConfig } from "@malleolus/schema";
import { crossEntropyLoss, fromTypedArray, type Tensor } from "@malleolus/torch";
import { boxDeltaLoss, encodeBoxes } from "../../boxes/box-coding.ts";
import { shareOf } from "../../whole-batch.ts";
import type { Truth } from "../truth.ts";
import type { BoxPredictions } from "./box-head.ts";
import type { RegionSample } from "./region-sampling.ts";

/** Scalars, float32, weighted. */
export interface BoxLosses {
  readonly boxClass: Tensor;
  readonly boxRegression: Tensor;
}

/**
 * The mean over all sampled regions, of the box loss too, though only objects contribute.
 *
 * @param total regions of the whole batch, where this sample is of a share of it
 */
export function boxLosses(
  predictions: BoxPredictions,
  sample: RegionSample,
  truths: readonly Truth[],
  config: BoxHeadConfig,
  total: number = sample.classes.length,
): BoxLosses {
  const { logits, deltas } = predictions;
  const { device } = logits;
  const count = sample.classes.length;
  const classes = fromTypedArray(sample.classes, [count], { device }).to("int64");
  // Without regions the mean would be NaN; the sum is 0 and keeps the parameters in the graph.
  const classLoss = count === 0 ? logits.sum() : crossEntropyLoss(logits, classes);
  return {
    boxClass: classLoss.mul(config.classLossWeight * shareOf(count, total)),
    boxRegression: boxRegressionLoss(deltas, sample, truths, config, total),
  };
}

/** How deltas [n, K * 4] are coded, and how what they lack counts. */
type BoxRegressionRule = Pick<BoxHeadConfig, "boxWeights" | "smoothL1Beta" | "boxLossWeight">;

/** Of the objects' own classes, over `total` regions. A scalar, float32, weighted. */
export function boxRegressionLoss(
  deltas: Tensor,
  sample: RegionSample,
  truths: readonly Truth[],
  rule: BoxRegressionRule,
  total: number,
): Tensor {
  const { device } = deltas;
  const classCount = deltas.shape[1] / 4;
  const objects = objectsOf(sample, classCount);
  const rows = objects.map((region) => region * classCount + sample.classes[region]);
  const found = deltas
    .reshape([-1, 4]) // [n * K, 4]
    .indexSelect(0, fromTypedArray(rows, [rows.length], { device }).to("int64"));
  const wanted = fromTypedArray(wantedDeltas(objects, sample, truths, rule), found.shape, {
    device,
  });
  return boxDeltaLoss(found, wanted, rule.smoothL1Beta).mul(
    rule.boxLossWeight / Math.max(total, 1),
  );
}

/** Indices of the regions that are objects, rising. */
export function objectsOf(sample: RegionSample, classCount: number): Int32Array {
  const objects: number[] = [];
  sample.classes.forEach((own, region) => {
    if (own < classCount) objects.push(region);
  });
  return Int32Array.from(objects);
}

function wantedDeltas(
  objects: Int32Array,
  sample: RegionSample,
  truths: readonly Truth[],
  { boxWeights }: BoxRegressionRule,
): Float32Array {
  const { boxes, images } = sample.regions;
  const references = new Float32Array(objects.length * 4);
  const wanted = new Float32Array(objects.length * 4);
  objects.forEach((region, i) => {
    const own = truths[images[region]].boxes;
    for (let c = 0; c < 4; c++) {
      references[i * 4 + c] = boxes[region * 4 + c];
      wanted[i * 4 + c] = own[sample.truths[region] * 4 + c];
    }
  });
  return encodeBoxes(references, wanted, boxWeights);
}
