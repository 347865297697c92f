/** Means of a map over where each structure is found, and how much of it there is. */
import { cat, div, stack, type Tensor } from "@malleolus/torch";
import type { ImageBatch } from "../input/image-batch.ts";

/** Of the maps' cells in pixels: a quarter of the images' size. */
const STRIDE = 4;
/** The share of a radiograph, as a logarithm, that is called 0; the least that is told from nothing. */
const [USUAL_SHARE, LEAST_SHARE] = [1e-2, 1e-4];

/** Features a structure: the map's channels, and its share of the radiograph. */
export function featuresWhereFound(channels: number, structures: number): number {
  return structures * (channels + 1);
}

/**
 * Of maps [N, C, h, w] and labels' probabilities [N, K + 1, h, w], the background's last, features
 * [N, K (C + 1)] in float32: cells weigh as the square of a structure's probability, so that where it is found
 * outweighs the many where it might be. No gradient goes through the weights.
 */
export function meansWhereFound(
  maps: Tensor,
  probabilities: Tensor,
  sizes: ImageBatch["sizes"],
): Tensor {
  const structures = probabilities.shape[1] - 1;
  return stack(
    sizes.map(([height, width], i) => {
      const cells = (of: Tensor) =>
        of
          .select(0, i)
          .narrow(1, 0, Math.ceil(height / STRIDE))
          .narrow(2, 0, Math.ceil(width / STRIDE))
          .to("float32")
          .flatten({ startDim: 1 });
      const map = cells(maps);
      const weights = cells(probabilities).narrow(0, 0, structures).square().detach();
      const sums = weights.sum({ dim: [1], keepdim: true });
      // A product of matrices so thin takes longer than sums, one a structure.
      const totals = Array.from({ length: structures }, (_, structure) =>
        map.mul(weights.narrow(0, structure, 1)).sum({ dim: [1] }),
      );
      const means = div(stack(totals), sums.add(1e-6));
      const shares = sums.div(map.shape[1]).add(LEAST_SHARE).div(USUAL_SHARE).log().div(Math.LN10);
      return cat([means, shares], { dim: 1 }).flatten();
    }),
  );
}
