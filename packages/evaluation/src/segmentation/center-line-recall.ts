/** How much of a thin structure is found, wherever exactly its width was drawn. */
import type { Mask } from "@malleolus/geometry";
import { distancesTo, type PixelSpacing } from "./distance-transform.ts";
import { skeletonOf } from "./skeleton.ts";

/**
 * The share of the truth's centre line that has something of the found one's within a distance, in the
 * unit of the spacing. Null for a truth that is empty.
 */
export function centerLineRecall(
  truth: Mask,
  found: Mask,
  spacing: PixelSpacing,
  within: number,
): number | null {
  const line = skeletonOf(truth);
  const distances = distancesTo(skeletonOf(found), spacing);
  let all = 0;
  let near = 0;
  for (let i = 0; i < line.data.length; i++) {
    if (line.data[i] === 0) continue;
    all++;
    if (distances[i] <= within) near++;
  }
  return all === 0 ? null : near / all;
}
