/** Areas of masks that are run lengths, without decoding them. */
import type { RunLength } from "@malleolus/geometry";

/** Number of set pixels. */
export function runsArea({ counts }: RunLength): number {
  let area = 0;
  for (let i = 1; i < counts.length; i += 2) area += counts[i];
  return area;
}

/** Number of pixels that are set in both. Both are of one size. */
export function runsIntersection(a: RunLength, b: RunLength): number {
  let shared = 0;
  let [i, j] = [0, 0];
  let [restA, restB] = [a.counts[0] ?? 0, b.counts[0] ?? 0];
  while (i < a.counts.length && j < b.counts.length) {
    const step = Math.min(restA, restB);
    // Every second run is set.
    if (i % 2 === 1 && j % 2 === 1) shared += step;
    restA -= step;
    restB -= step;
    if (restA === 0) restA = a.counts[++i] ?? 0;
    if (restB === 0) restB = b.counts[++j] ?? 0;
  }
  return shared;
}
