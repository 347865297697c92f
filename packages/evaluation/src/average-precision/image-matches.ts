/**
 * The matching of detections and truths of one class in one image (pycocotools, cocoeval.py:
 * `evaluateImg`; written anew here).
 *
 * One difference: pycocotools keeps a match as the truth's id and takes one of id 0 for no match.
 */
import type { LabeledImage, Shape, TrueObject } from "./labeled-image.ts";
import { areaOf, overlapsOf } from "./overlaps.ts";
import { AREA_RANGES, type AreaRange, MATCHED_AT, MOST_DETECTIONS } from "./settings.ts";

/** Ignored: counts neither for nor against. */
export type Outcome = "hit" | "miss" | "ignored";

export interface ImageMatches {
  /** Of the best detections, falling; equal ones in the order they came. */
  readonly scores: readonly number[];
  /** By IoU threshold of `MATCHED_AT`, then by detection. */
  readonly outcomes: readonly (readonly Outcome[])[];
  /** Truths that count: no crowds, and within the range of areas. */
  readonly truths: number;
}

/** For each range of areas the matches at every IoU threshold. */
export function matchImage(
  image: LabeledImage,
  name: string,
  shape: Shape,
): Readonly<Record<AreaRange, ImageMatches>> {
  const truths = image.truths.filter((one) => one.class === name);
  const detections = image.detections
    .filter((one) => one.class === name)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, MOST_DETECTIONS);
  const scores = detections.map(({ score }) => score);
  const areas = detections.map((one) => areaOf(one, shape));
  const overlaps = overlapsOf(detections, truths, shape);
  const within = (range: AreaRange): ImageMatches => {
    const [least, most] = AREA_RANGES[range];
    const isOutside = (area: number) => area < least || area > most;
    const ignored = truths.map(({ area, isCrowd }) => isCrowd || isOutside(area));
    const outcomes = MATCHED_AT.map((threshold) => {
      const matched = matchAt(threshold, overlaps, truths, ignored);
      return matched.map((truth, i): Outcome => {
        if (truth === null) return isOutside(areas[i]) ? "ignored" : "miss";
        return ignored[truth] ? "ignored" : "hit";
      });
    });
    return { scores, outcomes, truths: ignored.filter((one) => !one).length };
  };
  return {
    all: within("all"),
    small: within("small"),
    medium: within("medium"),
    large: within("large"),
  };
}

/**
 * For every detection, best first, the truth it takes: the free one it overlaps most, of two alike
 * the later. One that counts is preferred to any that is ignored; a crowd is never used up.
 */
function matchAt(
  threshold: number,
  overlaps: readonly (readonly number[])[],
  truths: readonly TrueObject[],
  ignored: readonly boolean[],
): (number | null)[] {
  const order = truths.map((_, i) => i).toSorted((a, b) => Number(ignored[a]) - Number(ignored[b]));
  const taken = new Set<number>();
  return overlaps.map((row) => {
    let best: number | null = null;
    let least = Math.min(threshold, 1 - 1e-10);
    for (const i of order) {
      if (taken.has(i) && !truths[i].isCrowd) continue;
      if (best !== null && !ignored[best] && ignored[i]) break;
      if (row[i] < least) continue;
      [best, least] = [i, row[i]];
    }
    if (best !== null) taken.add(best);
    return best;
  });
}
