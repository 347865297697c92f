/**
 * From predictions for every anchor to the proposals worth a second look: of each level the best
 * anchors, decoded, clipped, freed of duplicates; of each image the best of those
 * (Detectron2, modeling/proposal_generator/proposal_utils.py).
 *
 * Predictions on a GPU go to `device-selection.ts`, which finds the same.
 *
 * Nothing here is differentiated. Everything is float32, whatever the predictions are.
 */

import type { BoxWeights } from "@malleolus/schema";
import { fromTypedArray, nms } from "@malleolus/torch";
import { clipBoxAt, isBoxLargerThan, isFiniteBox, takeBoxes } from "../../boxes/box-array.ts";
import { decodeBoxes } from "../../boxes/box-coding.ts";
import type { Anchors, MapSize } from "./anchors.ts";
import { bestOfLevels, type Candidates } from "./candidates.ts";
import { selectOnDevice } from "./device-selection.ts";
import type { RpnPredictions } from "./rpn-head.ts";

export interface SelectionRule {
  /** Per level. */
  readonly preNms: number;
  /** Per image. */
  readonly postNms: number;
  readonly nmsThreshold: number;
  /** Boxes with a side of at most this many pixels go. */
  readonly minBoxSize: number;
  readonly boxWeights: BoxWeights;
}

/** Boxes [n * 4] of every image by falling score, clipped to its true size. */
export function selectProposals(
  predictions: RpnPredictions,
  anchors: Anchors,
  sizes: readonly MapSize[],
  rule: SelectionRule,
): Float32Array[] {
  const candidates = bestOfLevels(predictions, anchors, rule.preNms);
  return candidates.scores.device === "cpu"
    ? selectOnHost(candidates, anchors, sizes, rule)
    : selectOnDevice(candidates, anchors, sizes, rule);
}

// A GPU has its own way since every look at a value would wait for it; here, arrays are faster.
function selectOnHost(
  candidates: Candidates,
  anchors: Anchors,
  sizes: readonly MapSize[],
  rule: SelectionRule,
): Float32Array[] {
  const [, perImage] = candidates.scores.shape;
  const scores = candidates.scores.toFloat32Array();
  const places = new Int32Array(scores.length);
  candidates.anchors.to("int32").copyTo(places);
  const deltas = candidates.deltas.toFloat32Array();
  return sizes.map((size, image) => {
    const [first, end] = [image * perImage, (image + 1) * perImage];
    const references = takeBoxes(anchors.boxes, places.subarray(first, end));
    const own = deltas.subarray(first * 4, end * 4);
    const boxes = decodeBoxes(own, references, rule.boxWeights);
    return withoutDuplicates(
      boxes,
      scores.subarray(first, end),
      candidates.levelStarts,
      size,
      rule,
    );
  });
}

/** Clips, drops empty and infinite boxes, and suppresses within each level. */
function withoutDuplicates(
  boxes: Float32Array,
  scores: Float32Array,
  levelStarts: readonly number[],
  [height, width]: MapSize,
  rule: SelectionRule,
): Float32Array {
  const survivors: number[] = [];
  // A call a level, not one call with levels as groups: nms compares every box it keeps with all
  // that come after, whatever their group.
  levelStarts.forEach((start, level) => {
    const end = levelStarts[level + 1] ?? scores.length;
    const usable: number[] = [];
    for (let i = start; i < end; i++) {
      if (!Number.isFinite(scores[i]) || !isFiniteBox(boxes, i)) continue;
      clipBoxAt(boxes, i, width, height);
      if (isBoxLargerThan(boxes, i, rule.minBoxSize)) usable.push(i);
    }
    const own = Float32Array.from(usable, (i) => scores[i]);
    const kept = nms(
      fromTypedArray(takeBoxes(boxes, usable), [usable.length, 4]),
      fromTypedArray(own, [usable.length]),
      rule.nmsThreshold,
    );
    for (const winner of kept.toNumbers()) survivors.push(usable[winner]);
  });
  survivors.sort((a, b) => scores[b] - scores[a]);
  return takeBoxes(boxes, survivors.slice(0, rule.postNms));
}
