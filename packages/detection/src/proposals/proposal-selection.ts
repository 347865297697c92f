/**
 * From predictions for every anchor to the proposals worth a second look: of each level the best
 * anchors, decoded, clipped, freed of duplicates; of each image the best of those
 * (Detectron2, modeling/proposal_generator/proposal_utils.py).
 *
 * Nothing here is differentiated. Everything is float32, whatever the predictions are.
 */
import { cat, fromTypedArray, nms, type Tensor } from "@malleolus/torch";
import { clipBoxAt, isBoxLargerThan, isFiniteBox, takeBoxes } from "../box-array.ts";
import { decodeBoxes } from "../box-coding.ts";
import type { BoxWeights } from "../config.ts";
import type { Anchors, MapSize } from "./anchors.ts";
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
  const best = bestOfLevels(predictions, anchors, rule.preNms);
  const perImage = best.scores.length / sizes.length;
  return sizes.map((size, image) => {
    const own = best.anchors.subarray(image * perImage, (image + 1) * perImage);
    const references = takeBoxes(anchors.boxes, own);
    const deltas = best.deltas.subarray(image * perImage * 4, (image + 1) * perImage * 4);
    const scores = best.scores.subarray(image * perImage, (image + 1) * perImage);
    const boxes = decodeBoxes(deltas, references, rule.boxWeights);
    return withoutDuplicates(boxes, scores, best.levelStarts, size, rule);
  });
}

interface Candidates {
  /** [N * k] */
  readonly scores: Float32Array;
  /** Index among the image's anchors. [N * k] */
  readonly anchors: Int32Array;
  /** [N * k * 4] */
  readonly deltas: Float32Array;
  /** Of each level the first among the k of an image. */
  readonly levelStarts: readonly number[];
}

function bestOfLevels(predictions: RpnPredictions, anchors: Anchors, most: number): Candidates {
  const scores: Tensor[] = [];
  const places: Tensor[] = [];
  const deltas: Tensor[] = [];
  const levelStarts: number[] = [];
  let perImage = 0;
  predictions.logits.forEach((logits, level) => {
    const [images, available] = logits.shape;
    const count = Math.min(available, most);
    const [values, indices] = logits.to("float32").topk(count, { dim: 1 }); // [N, count]
    scores.push(values);
    places.push(indices.add(anchors.levelStarts[level]));
    const rows = indices.unsqueeze(2).expand([images, count, 4]);
    deltas.push(predictions.deltas[level].gather(1, rows).to("float32"));
    levelStarts.push(perImage);
    perImage += count;
  });
  const best = cat(scores, { dim: 1 }).toFloat32Array();
  const indices = new Int32Array(best.length);
  cat(places, { dim: 1 }).to("int32").copyTo(indices);
  return {
    scores: best,
    anchors: indices,
    deltas: cat(deltas, { dim: 1 }).toFloat32Array(),
    levelStarts,
  };
}

/** Clips, drops what is not finite or empty, and suppresses within each level. */
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
