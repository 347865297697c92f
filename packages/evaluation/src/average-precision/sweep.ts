/**
 * Down all detections of one class by falling score, each image counted as often as it is asked for:
 * once for the figures themselves, as often as it was drawn for a resample of them. Sorted once, so
 * that a thousand resamples take seconds.
 */
import type { ImageMatches } from "./image-matches.ts";
import { RECALL_POINTS } from "./settings.ts";

/** One class, one range of areas, one limit of detections per image. */
export interface Sweep {
  /** By image. */
  readonly truths: Uint32Array;
  /** By detection, best first: its image. */
  readonly images: Uint32Array;
  /** By IoU threshold, then by detection: 1 for a hit, 2 for a miss, 0 for what is ignored. */
  readonly outcomes: readonly Uint8Array[];
}

export interface Swept {
  readonly truths: number;
  /** By IoU threshold. */
  readonly hits: readonly number[];
  /** By IoU threshold: mean over the recall points. */
  readonly precision: readonly number[];
}

const CODES = { hit: 1, miss: 2, ignored: 0 } as const;

/** `thresholds` are places in what the images were matched at. */
export function sweepOf(
  images: readonly ImageMatches[],
  most: number,
  thresholds: readonly number[],
): Sweep {
  const order = images
    .flatMap(({ scores }, image) =>
      scores.slice(0, most).map((score, place) => ({ image, place, score })),
    )
    .toSorted((a, b) => b.score - a.score);
  return {
    truths: Uint32Array.from(images, ({ truths }) => truths),
    images: Uint32Array.from(order, ({ image }) => image),
    outcomes: thresholds.map((threshold) =>
      Uint8Array.from(order, ({ image, place }) => CODES[images[image].outcomes[threshold][place]]),
    ),
  };
}

/** `weights` by image. Null without truths. */
export function sweep({ truths, images, outcomes }: Sweep, weights: Uint32Array): Swept | null {
  const total = truths.reduce((sum, own, image) => sum + own * weights[image], 0);
  if (total === 0) return null;
  const recalls = new Float64Array(images.length);
  const precisions = new Float64Array(images.length);
  const hits: number[] = [];
  const precision = outcomes.map((codes) => {
    let [right, wrong, length] = [0, 0, 0];
    for (let i = 0; i < images.length; i++) {
      const code = codes[i];
      const weight = weights[images[i]];
      if (code === CODES.ignored || weight === 0) continue;
      if (code === CODES.hit) right += weight;
      else wrong += weight;
      recalls[length] = right / total;
      precisions[length] = right / (right + wrong);
      length++;
    }
    hits.push(right);
    return meanPrecision(recalls, precisions, length);
  });
  return { truths: total, hits, precision };
}

/** At each recall point the best precision at that recall or a higher one; 0 beyond the last. */
function meanPrecision(recalls: Float64Array, precisions: Float64Array, length: number): number {
  for (let i = length - 2; i >= 0; i--) {
    if (precisions[i] < precisions[i + 1]) precisions[i] = precisions[i + 1];
  }
  let [place, sum] = [0, 0];
  for (const recall of RECALL_POINTS) {
    while (place < length && recalls[place] < recall) place++;
    if (place === length) break;
    sum += precisions[place];
  }
  return sum / RECALL_POINTS.length;
}
