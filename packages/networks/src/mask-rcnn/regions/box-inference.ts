/**
 * From class probabilities and deltas to detections: of every class the confident boxes without
 * duplicates, of every image the best (Detectron2, modeling/roi_heads/fast_rcnn.py:
 * fast_rcnn_inference).
 *
 * Suppression stays within a class: two classes on one place are compared by score, later.
 * Predictions on a GPU go to `box-inference-device.ts`, which finds the same.
 */

import type { RoiConfig } from "@malleolus/schema";
import { fromTypedArray, nms } from "@malleolus/torch";
import { clipBoxAt, isFiniteBox, takeBoxes } from "../../boxes/box-array.ts";
import { decodeBoxes } from "../../boxes/box-coding.ts";
import type { BoxPredictions } from "./box-head.ts";
import { detectBoxesOnDevice } from "./box-inference-device.ts";
import type { Regions } from "./region-pooling.ts";

/** The detections of one image by falling score. */
export interface DetectedBoxes {
  /** Clipped to the image. [n * 4] */
  readonly boxes: Float32Array;
  readonly classes: Int32Array;
  readonly scores: Float32Array;
  /** Of the region of each, every class's probability, without the background. [n * K] */
  readonly probabilities: Float32Array;
}

/** @param sizes true height and width of each image */
export function detectBoxes(
  predictions: BoxPredictions,
  regions: Regions,
  sizes: readonly (readonly [height: number, width: number])[],
  config: RoiConfig,
): DetectedBoxes[] {
  return predictions.logits.device === "cpu"
    ? detectBoxesOnHost(predictions, regions, sizes, config)
    : detectBoxesOnDevice(predictions, regions, sizes, config);
}

function detectBoxesOnHost(
  predictions: BoxPredictions,
  regions: Regions,
  sizes: readonly (readonly [height: number, width: number])[],
  config: RoiConfig,
): DetectedBoxes[] {
  const candidates = confidentBoxes(predictions, regions, config);
  const { boxes, images, classes, scores, regionOf, confident } = candidates;
  const classCount = predictions.deltas.shape[1] / 4;
  const usable: number[] = [];
  for (let i = 0; i < images.length; i++) {
    if (!isFiniteBox(boxes, i)) continue;
    const [height, width] = sizes[images[i]];
    clipBoxAt(boxes, i, width, height);
    usable.push(i);
  }
  const groups = Int32Array.from(usable, (i) => images[i] * classCount + classes[i]);
  const winners = nms(
    fromTypedArray(takeBoxes(boxes, usable), [usable.length, 4]),
    fromTypedArray(
      Float32Array.from(usable, (i) => scores[i]),
      [usable.length],
    ),
    config.nmsThreshold,
    { groups: fromTypedArray(groups, [usable.length]).to("int64") },
  ).toNumbers();

  const ofImage: number[][] = sizes.map(() => []);
  for (const winner of winners) {
    const candidate = usable[winner];
    const own = ofImage[images[candidate]];
    if (own.length < config.detectionsPerImage) own.push(candidate);
  }
  return ofImage.map((own) => ({
    boxes: takeBoxes(boxes, own),
    classes: Int32Array.from(own, (i) => classes[i]),
    scores: Float32Array.from(own, (i) => scores[i]),
    probabilities: classRows(
      confident,
      own.map((i) => regionOf[i]),
      classCount,
    ),
  }));
}

interface Candidates {
  readonly boxes: Float32Array;
  readonly images: Int32Array;
  readonly classes: Int32Array;
  readonly scores: Float32Array;
  /** The region of each. */
  readonly regionOf: readonly number[];
  /** Of all regions. [n, K + 1] */
  readonly confident: Float32Array;
}

/** The box of every region and class whose probability is above the threshold. */
function confidentBoxes(
  predictions: BoxPredictions,
  regions: Regions,
  config: RoiConfig,
): Candidates {
  const classCount = predictions.deltas.shape[1] / 4;
  const probabilities = predictions.logits.to("float32").softmax(1); // [n, K + 1]
  const confident = probabilities.toFloat32Array();
  const threshold = Math.fround(config.scoreThreshold);
  const rows: number[] = [];
  const classes: number[] = [];
  const scores: number[] = [];
  for (let region = 0; region < regions.images.length; region++) {
    for (let c = 0; c < classCount; c++) {
      const score = confident[region * (classCount + 1) + c];
      // NaN and infinity are never confident.
      if (!(score > threshold && score <= 1)) continue;
      rows.push(region);
      classes.push(c);
      scores.push(score);
    }
  }
  const deltas = predictions.deltas.toFloat32Array(); // [n, K * 4]
  const chosen = takeBoxes(
    deltas,
    rows.map((region, i) => region * classCount + classes[i]),
  );
  return {
    boxes: decodeBoxes(chosen, takeBoxes(regions.boxes, rows), config.box.boxWeights),
    images: Int32Array.from(rows, (region) => regions.images[region]),
    classes: Int32Array.from(classes),
    scores: Float32Array.from(scores),
    regionOf: rows,
    confident,
  };
}

/** Of softmax rows [n, K + 1] with the background last, some rows without it. [rows * K] */
function classRows(
  probabilities: Float32Array,
  rows: readonly number[],
  classCount: number,
): Float32Array {
  const taken = new Float32Array(rows.length * classCount);
  rows.forEach((row, i) => {
    const at = row * (classCount + 1);
    taken.set(probabilities.subarray(at, at + classCount), i * classCount);
  });
  return taken;
}
