/**
 * The regions from which the heads learn: of each image a balanced sample of its proposals and
 * true boxes, each an object of a class or background (Detectron2, modeling/roi_heads/roi_heads.py).
 */

import type { RandomStreams } from "@malleolus/random";
import type { RoiConfig } from "@malleolus/schema";
import { takeBoxes } from "../../boxes/box-array.ts";
import { matchBoxes } from "../../boxes/matching.ts";
import { sampleBatch } from "../../boxes/sampling.ts";
import type { Truth } from "../truth.ts";
import { arrangeRegions, type Regions } from "./region-pooling.ts";

export interface RegionSample {
  readonly regions: Regions;
  /** The class of each region; K for background. [n] */
  readonly classes: Int32Array;
  /** Of its image's truths the one that a region belongs to; of no meaning for background. [n] */
  readonly truths: Int32Array;
}

/** @param proposals boxes [n * 4] of each image */
export function sampleRegions(
  proposals: readonly Float32Array[],
  truths: readonly Truth[],
  classCount: number,
  random: RandomStreams,
  config: RoiConfig,
): RegionSample {
  const samples = truths.map((truth, image) => {
    const boxes = config.appendTruth
      ? concatenate(proposals[image], truth.boxes)
      : proposals[image];
    const matches = matchBoxes(boxes, truth.boxes, {
      background: config.iouThreshold,
      object: config.iouThreshold,
      lowQualityMatches: false,
    });
    const sample = sampleBatch(matches.labels, config, random("roi-sampling", image));
    const chosen = Int32Array.from([...sample.positives, ...sample.negatives]);
    const matched = chosen.map((box) => matches.truths[box]);
    return {
      boxes: takeBoxes(boxes, chosen),
      truths: matched,
      classes: matched.map((own, i) =>
        i < sample.positives.length ? truth.classes[own] : classCount,
      ),
    };
  });
  const regions = arrangeRegions(
    samples.map((sample) => sample.boxes),
    config,
  );
  const { images, places } = regions;
  return {
    regions,
    classes: places.map((place, i) => samples[images[i]].classes[place]),
    truths: places.map((place, i) => samples[images[i]].truths[place]),
  };
}

function concatenate(first: Float32Array, second: Float32Array): Float32Array {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
