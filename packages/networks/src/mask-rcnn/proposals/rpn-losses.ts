/**
 * The losses of the region proposal network: a balanced sample of the anchors of each image, each an
 * object or background, and for the objects the way from the anchor to the true box (Detectron2,
 * modeling/proposal_generator/rpn.py).
 */

import type { RandomStreams } from "@malleolus/random";
import type { RpnConfig } from "@malleolus/schema";
import { binaryCrossEntropyWithLogits, cat, fromTypedArray, type Tensor } from "@malleolus/torch";
import { takeBoxes } from "../../boxes/box-array.ts";
import { boxDeltaLoss, encodeBoxes } from "../../boxes/box-coding.ts";
import { matchBoxes } from "../../boxes/matching.ts";
import { sampleBatch } from "../../boxes/sampling.ts";
import type { WholeBatch } from "../../whole-batch.ts";
import type { Truth } from "../truth.ts";
import type { RpnPredictions } from "./rpn-head.ts";

/** Scalars, float32, weighted. */
export interface RpnLosses {
  readonly classLoss: Tensor;
  readonly boxLoss: Tensor;
}

/**
 * The losses over the sampled anchors of all images, divided by the size of the batch that was
 * asked for, whether or not there were as many.
 *
 * @param anchors boxes [R * 4] of all levels, the same for every image
 */
export function rpnLosses(
  predictions: RpnPredictions,
  anchors: Float32Array,
  truths: readonly Truth[],
  random: RandomStreams,
  config: RpnConfig,
  whole: WholeBatch,
): RpnLosses {
  const sample = sampleAnchors(anchors, truths, random, config);
  const logits = cat(predictions.logits, { dim: 1 }).reshape([-1]); // [N * R]
  const deltas = cat(predictions.deltas, { dim: 1 }).reshape([-1, 4]); // [N * R, 4]
  const device = logits.device;
  const places = (rows: Int32Array): Tensor =>
    fromTypedArray(rows, [rows.length], { device }).to("int64");

  const sampled = logits.indexSelect(0, places(sample.anchors)).to("float32");
  const classes = fromTypedArray(sample.labels, [sample.labels.length], { device });
  const positives = sample.anchors.subarray(0, sample.deltas.length / 4);
  const found = deltas.indexSelect(0, places(positives)).to("float32");
  const wanted = fromTypedArray(sample.deltas, [positives.length, 4], { device });

  const normalizer = config.batchSizePerImage * whole.images(truths.length);
  const sum = 2;
  return {
    classLoss: binaryCrossEntropyWithLogits(sampled, classes, { reduction: sum }).mul(
      config.classLossWeight / normalizer,
    ),
    boxLoss: boxDeltaLoss(found, wanted, config.smoothL1Beta).mul(
      config.boxLossWeight / normalizer,
    ),
  };
}

interface AnchorSample {
  /** Places among the anchors of all images, `image * R + anchor`; objects first. [s] */
  readonly anchors: Int32Array;
  /** 1 for objects, 0 for background. [s] */
  readonly labels: Float32Array;
  /** From the anchors of the objects to their true boxes. [objects * 4] */
  readonly deltas: Float32Array;
}

function sampleAnchors(
  anchors: Float32Array,
  truths: readonly Truth[],
  random: RandomStreams,
  config: RpnConfig,
): AnchorSample {
  const [background, object] = config.iouThresholds;
  const rule = { background, object, lowQualityMatches: config.lowQualityMatches };
  const positives: number[] = [];
  const negatives: number[] = [];
  const deltas: number[] = [];
  truths.forEach(({ boxes }, image) => {
    const matches = matchBoxes(anchors, boxes, rule);
    const sample = sampleBatch(matches.labels, config, random("rpn-sampling", image));
    const first = (image * anchors.length) / 4;
    for (const anchor of sample.positives) positives.push(first + anchor);
    for (const anchor of sample.negatives) negatives.push(first + anchor);
    const matched = sample.positives.map((anchor) => matches.truths[anchor]);
    const wanted = encodeBoxes(
      takeBoxes(anchors, sample.positives),
      takeBoxes(boxes, matched),
      config.boxWeights,
    );
    for (const delta of wanted) deltas.push(delta);
  });
  const labels = new Float32Array(positives.length + negatives.length);
  labels.fill(1, 0, positives.length);
  return {
    anchors: Int32Array.from([...positives, ...negatives]),
    labels,
    deltas: Float32Array.from(deltas),
  };
}
