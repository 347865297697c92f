/**
 * From class probabilities and deltas to detections on a GPU, as `box-inference.ts` does it on the
 * CPU: what comes to the host, in one copy, are the detections.
 */

import type { RoiConfig } from "@malleolus/schema";
import { arange, fromTypedArray, stack, type Tensor } from "@malleolus/torch";
import { takeBoxes } from "../../boxes/box-array.ts";
import {
  areFiniteBoxes,
  bestBoxRows,
  boxLimits,
  clipBoxTensors,
  decodeBoxTensors,
  readBestBoxes,
  scoresAfterSuppression,
} from "../../boxes/box-coding-tensors.ts";
import type { BoxPredictions } from "./box-head.ts";
import type { DetectedBoxes } from "./box-inference.ts";
import type { Regions } from "./region-pooling.ts";

/** @param sizes true height and width of each image */
export function detectBoxesOnDevice(
  predictions: BoxPredictions,
  regions: Regions,
  sizes: readonly (readonly [height: number, width: number])[],
  config: RoiConfig,
): DetectedBoxes[] {
  const probabilities = predictions.logits.to("float32").softmax(1); // [n, K + 1]
  const limits = boxLimits(sizes, probabilities.device); // [N, 4]
  const best = sizes.map((_, image) => {
    const rows = rowsOf(regions, image);
    const own = boxesOfRegions(probabilities, predictions.deltas, regions, rows, config);
    return bestOfImage(own, limits.at(image), config);
  });
  return readBestBoxes(best).map(({ boxes, groups, scores, extras }) => ({
    boxes,
    classes: groups,
    scores,
    probabilities: extras,
  }));
}

/** What each of an image's n regions would be as each of K classes. */
interface ClassBoxes {
  /** [n, K, 4], not clipped */
  readonly boxes: Tensor;
  /** [n, K] */
  readonly scores: Tensor;
}

function rowsOf({ images }: Regions, image: number): Int32Array {
  const rows: number[] = [];
  images.forEach((owner, row) => {
    if (owner === image) rows.push(row);
  });
  return Int32Array.from(rows);
}

function boxesOfRegions(
  probabilities: Tensor,
  deltas: Tensor,
  regions: Regions,
  rows: Int32Array,
  config: RoiConfig,
): ClassBoxes {
  const { device } = probabilities;
  const count = rows.length;
  const classCount = deltas.shape[1] / 4;
  const places = fromTypedArray(rows, [count], { device }).to("int64");
  const references = fromTypedArray(takeBoxes(regions.boxes, rows), [count, 1, 4], { device });
  const own = deltas.indexSelect(0, places).to("float32").reshape([count, classCount, 4]);
  return {
    boxes: decodeBoxTensors(own, references, config.box.boxWeights),
    scores: probabilities.indexSelect(0, places).narrow(1, 0, classCount),
  };
}

/** Rows for `readBestBoxes`, with classes as groups and their region's probabilities. */
function bestOfImage({ boxes, scores }: ClassBoxes, limits: Tensor, config: RoiConfig): Tensor {
  const { device } = scores;
  const [count, classCount] = scores.shape;
  const inside = clipBoxTensors(boxes, limits);
  // NaN is never confident, and nothing else that a softmax gives is above 1.
  const confident = scores.gt(Math.fround(config.scoreThreshold));
  const usable = confident.logicalAnd(areFiniteBoxes(boxes)); // [n, K]
  // A call a class: a call compares every pair of its boxes, and of 80 classes there are too many.
  const left = Array.from({ length: classCount }, (_, c) =>
    scoresAfterSuppression(
      { boxes: inside.select(1, c), scores: scores.select(1, c), usable: usable.select(1, c) },
      config.nmsThreshold,
    ),
  );
  const classes = arange(0, classCount, { dtype: "int64", device }).expand([count, classCount]);
  const ofRegion = scores.unsqueeze(1).expand([count, classCount, classCount]); // [n, K, K]
  return bestBoxRows(
    inside.reshape([count * classCount, 4]),
    stack(left, { dim: 1 }).reshape([-1]),
    classes.reshape([-1]),
    config.detectionsPerImage,
    ofRegion.reshape([count * classCount, classCount]),
  );
}
