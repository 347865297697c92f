/**
 * What box-coding.ts and box-array.ts do with boxes in arrays, and suppression, for boxes that are
 * tensors on a GPU: nothing here waits for it but `readBestBoxes`.
 *
 * Boxes are [..., 4], float32. As there, sums are float64 and rounded once: which of two boxes that
 * overlap by about the threshold stays hangs on the last bit.
 */

import type { BoxWeights } from "@malleolus/schema";
import { cat, type Device, nmsMask, type Tensor, tensor } from "@malleolus/torch";
import { MAX_LOG_RATIO } from "./box-coding.ts";

/** The boxes to which the deltas [..., 4] turn the references [..., 4]; these broadcast. */
export function decodeBoxTensors(deltas: Tensor, references: Tensor, weights: BoxWeights): Tensor {
  const weight = tensor(weights, { dtype: "float64", device: deltas.device });
  const scaled = deltas.to("float64").div(weight);
  const corners = references.to("float64");
  const first = corners.narrow(-1, 0, 2);
  const sides = corners.narrow(-1, 2, 2).sub(first); // [..., 2]
  const centers = first.add(sides.div(2)).add(scaled.narrow(-1, 0, 2).mul(sides));
  const ratios = scaled.narrow(-1, 2, 2).clamp({ max: MAX_LOG_RATIO }).exp();
  const halves = ratios.mul(sides).div(2);
  return cat([centers.sub(halves), centers.add(halves)], { dim: -1 }).to("float32");
}

/** Whether all coordinates of a box are finite. bool [...] */
export function areFiniteBoxes(boxes: Tensor): Tensor {
  return boxes.sum({ dim: -1, dtype: "float64" }).isfinite();
}

/** Whether both sides of a box are longer than `side` pixels. bool [...] */
export function areBoxesLargerThan(boxes: Tensor, side: number): Tensor {
  const [x1, y1, x2, y2] = boxes.to("float64").unbind({ dim: -1 });
  return x2.sub(x1).gt(side).logicalAnd(y2.sub(y1).gt(side));
}

/** The boxes moved inside their images, whose `limits` [..., 4] broadcast. */
export function clipBoxTensors(boxes: Tensor, limits: Tensor): Tensor {
  return boxes.clamp({ min: 0 }).minimum(limits);
}

/** How far the corners of boxes may go in images of these sizes: width, height, twice. [N, 4] */
export function boxLimits(
  sizes: readonly (readonly [height: number, width: number])[],
  device: Device,
): Tensor {
  return tensor(
    sizes.map(([height, width]) => [width, height, width, height]),
    { device },
  );
}

/** Boxes to choose from; those of different groups (levels, classes) do not suppress each other. */
export interface BoxCandidates {
  /** [n, 4] */
  readonly boxes: Tensor;
  /** [n], float32 */
  readonly scores: Tensor;
  /** bool [n]; the others are as if they were not there. */
  readonly usable: Tensor;
  /** int64 [n]; without, all are of one. */
  readonly groups?: Tensor;
}

/** The scores of those that stay, -inf for those that are suppressed or not usable. [n] */
export function scoresAfterSuppression(candidates: BoxCandidates, threshold: number): Tensor {
  const { boxes, usable, groups = null } = candidates;
  const none = Number.NEGATIVE_INFINITY;
  // A box suppresses only what comes after it by score: at -inf, nothing that is usable.
  const scores = candidates.scores.maskedFill(usable.logicalNot(), none);
  const stays = nmsMask(boxes, scores, threshold, { groups });
  return scores.maskedFill(stays.logicalNot(), none);
}

/** The boxes of one image by falling score, equal ones in the order in which they came. */
export interface BestBoxes {
  /** [n * 4] */
  readonly boxes: Float32Array;
  readonly scores: Float32Array;
  readonly groups: Int32Array;
  /** What else was to come along. [n * E] */
  readonly extras: Float32Array;
}

// Of a row: the score, x1, y1, x2, y2, the group; then the extras.
const COLUMNS = 6;

/**
 * The best of one image's boxes [n, 4] by scores [n], for `readBestBoxes`: as many as `most`, or
 * all, since how many have a score above -inf only the device knows. Extras [n, E] come along.
 * [min(n, most), 6 + E]
 */
export function bestBoxRows(
  boxes: Tensor,
  scores: Tensor,
  groups: Tensor,
  most: number,
  extras: Tensor | null = null,
): Tensor {
  const [sorted, order] = scores.sort({ stable: true, dim: 0, descending: true });
  const count = Math.min(most, scores.shape[0]);
  const chosen = order.narrow(0, 0, count);
  const column = (values: Tensor): Tensor => values.to("float32").unsqueeze(1);
  return cat(
    [
      column(sorted.narrow(0, 0, count)),
      boxes.indexSelect(0, chosen),
      column(groups.indexSelect(0, chosen)),
      ...(extras === null ? [] : [extras.indexSelect(0, chosen)]),
    ],
    { dim: 1 },
  );
}

/** The rows of every image as arrays, without those at -inf. One copy, and one wait, for all. */
export function readBestBoxes(images: readonly Tensor[]): BestBoxes[] {
  const all = cat(images).toFloat32Array();
  let end = 0;
  return images.map(({ shape: [count, columns] }) => {
    const rows = all.subarray(end, end + count * columns);
    end += rows.length;
    return presentBoxes(rows, columns);
  });
}

function presentBoxes(rows: Float32Array, columns: number): BestBoxes {
  let count = 0;
  while (rows[count * columns] > Number.NEGATIVE_INFINITY) count++;
  const extra = columns - COLUMNS;
  const best = {
    boxes: new Float32Array(count * 4),
    scores: new Float32Array(count),
    groups: new Int32Array(count),
    extras: new Float32Array(count * extra),
  };
  for (let i = 0; i < count; i++) {
    const at = i * columns;
    best.scores[i] = rows[at];
    best.boxes.set(rows.subarray(at + 1, at + 5), i * 4);
    best.groups[i] = rows[at + 5];
    best.extras.set(rows.subarray(at + COLUMNS, at + columns), i * extra);
  }
  return best;
}
