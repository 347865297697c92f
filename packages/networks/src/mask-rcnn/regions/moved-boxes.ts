/** The boxes of regions after a regression: in training and in detection, of either box head. */
import type { BoxWeights } from "@malleolus/schema";
import type { Tensor } from "@malleolus/torch";
import { clipBoxAt, isBoxLargerThan, isFiniteBox } from "../../boxes/box-array.ts";
import { decodeBoxes } from "../../boxes/box-coding.ts";
import type { Regions } from "./region-pooling.ts";

/** A head that moves boxes. */
export interface BoxRegressor {
  /** From pooled regions [n, C, S, S] to the deltas of every class [n, K * 4]. */
  deltasOf(pooled: Tensor): Tensor;
  /** How the deltas are coded. */
  readonly boxWeights: BoxWeights;
}

/**
 * Each region's box moved by its deltas and clipped to its image; one that would be none, or of which nothing is on the
 * image, stays as it was. Both [n * 4].
 *
 * @param sizes true height and width of each image
 */
export function movedBoxes(
  { boxes, images }: Pick<Regions, "boxes" | "images">,
  deltas: Float32Array,
  sizes: readonly (readonly [height: number, width: number])[],
  boxWeights: BoxWeights,
): Float32Array {
  const moved = decodeBoxes(deltas, boxes, boxWeights);
  images.forEach((image, i) => {
    if (isFiniteBox(moved, i)) {
      const [height, width] = sizes[image];
      clipBoxAt(moved, i, width, height);
      if (isBoxLargerThan(moved, i, 0)) return;
    }
    moved.set(boxes.subarray(i * 4, (i + 1) * 4), i * 4);
  });
  return moved;
}
