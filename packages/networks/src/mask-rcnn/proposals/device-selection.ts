/**
 * The selection of proposals on a GPU, as `proposal-selection.ts` does it on the CPU. The proposals
 * are all that comes to the host, in one copy: the one time that a training step waits before its
 * losses are read.
 */
import { cat, fromTypedArray, full, type Tensor } from "@malleolus/torch";
import {
  areBoxesLargerThan,
  areFiniteBoxes,
  bestBoxRows,
  boxLimits,
  clipBoxTensors,
  decodeBoxTensors,
  readBestBoxes,
  scoresAfterSuppression,
} from "../../boxes/box-coding-tensors.ts";
import type { Anchors, MapSize } from "./anchors.ts";
import type { Candidates } from "./candidates.ts";
import type { SelectionRule } from "./proposal-selection.ts";

/** Boxes [n * 4] of every image by falling score, clipped to its true size. */
export function selectOnDevice(
  candidates: Candidates,
  anchors: Anchors,
  sizes: readonly MapSize[],
  rule: SelectionRule,
): Float32Array[] {
  const { scores } = candidates;
  const references = anchorsOf(candidates, anchors);
  const decoded = decodeBoxTensors(candidates.deltas, references, rule.boxWeights); // [N, k, 4]
  const boxes = clipBoxTensors(decoded, boxLimits(sizes, scores.device).unsqueeze(1));
  const usable = scores
    .isfinite()
    .logicalAnd(areFiniteBoxes(decoded))
    .logicalAnd(areBoxesLargerThan(boxes, rule.minBoxSize)); // [N, k]
  const levels = levelsOf(candidates);
  const best = sizes.map((_, image) => {
    const own = boxes.at(image);
    // A call an image, with levels as groups: pairs of different levels cost a GPU less than more
    // calls would, but every pair takes a bit of memory, and those of all images would be too many.
    const left = scoresAfterSuppression(
      { boxes: own, scores: scores.at(image), usable: usable.at(image), groups: levels },
      rule.nmsThreshold,
    );
    return bestBoxRows(own, left, levels, rule.postNms);
  });
  return readBestBoxes(best).map((found) => found.boxes);
}

/** [N, k, 4] */
function anchorsOf({ anchors: places }: Candidates, anchors: Anchors): Tensor {
  const [images, count] = places.shape;
  // Uploaded anew each time: nobody waits for it, and nobody would free what was kept on the GPU.
  const all = fromTypedArray(anchors.boxes, [anchors.boxes.length / 4, 4], {
    device: places.device,
  });
  return all.indexSelect(0, places.reshape([-1])).reshape([images, count, 4]);
}

/** The level of each candidate of an image. int64 [k] */
function levelsOf({ levelStarts, scores }: Candidates): Tensor {
  const [, count] = scores.shape;
  return cat(
    levelStarts.map((start, level) => {
      const end = levelStarts[level + 1] ?? count;
      return full([end - start], level, { dtype: "int64", device: scores.device });
    }),
  );
}
