/**
 * COCO's average precision and recall, as pycocotools computes them (cocoeval.py: `accumulate` and
 * `summarize`; written anew here). Compared with it in `golden/coco-average-precision.json`.
 *
 * Where a figure does not exist, because no truth is of that class or size, pycocotools says -1;
 * here it is null.
 */
import { type Proportion, proportionOf } from "@malleolus/schema";
import { meanOf } from "../summary.ts";
import { type ImageMatches, matchImage } from "./image-matches.ts";
import type { LabelledImage, Shape } from "./labelled-image.ts";
import { type AreaRange, IOU_THRESHOLDS, MOST_DETECTIONS, RECALL_POINTS } from "./settings.ts";

/** Each a mean, over classes too; null without truths. */
export interface CocoMeasures {
  readonly averagePrecision: {
    /** Over IoU .50:.05:.95, as are the three by size. */
    readonly all: number | null;
    readonly iou50: number | null;
    readonly iou75: number | null;
    /** Truths of up to 32² pixels, up to 96², and above. */
    readonly small: number | null;
    readonly medium: number | null;
    readonly large: number | null;
  };
  /** The share of truths found at all, over IoU .50:.05:.95. */
  readonly averageRecall: {
    /** With the best detection of each image and class, the best ten, the best hundred. */
    readonly best1: number | null;
    readonly best10: number | null;
    readonly best100: number | null;
    readonly small: number | null;
    readonly medium: number | null;
    readonly large: number | null;
  };
  /** Of the truths, those found at IoU 0.5 by any of the detections; not a mean over classes. */
  readonly found: Proportion;
}

export interface AveragePrecision extends CocoMeasures {
  readonly classes: readonly (CocoMeasures & { readonly class: string })[];
}

/**
 * Of all images together. Detections of equal scores count in the order of images: to get
 * pycocotools' figures to the last digit, hand them over by ascending id.
 */
export function averagePrecision(
  images: readonly LabelledImage[],
  classes: readonly string[],
  shape: Shape,
): AveragePrecision {
  const curves = classes.map((name) => classCurves(images, name, shape));
  return {
    ...measuresOf(curves),
    classes: classes.map((name, i) => ({ class: name, ...measuresOf([curves[i]]) })),
  };
}

/** Of one class, in one range of areas, with so many detections an image. */
interface Curve {
  /** By IoU threshold, then by recall point. */
  readonly precision: readonly (readonly number[])[];
  /** The greatest, by IoU threshold. */
  readonly recall: readonly number[];
  /** Truths, and hits at the first IoU threshold. */
  readonly truths: number;
  readonly hits: number;
}

type ClassCurves = Readonly<
  Record<Exclude<AreaRange, "all"> | "best1" | "best10" | "best100", Curve | null>
>;

function classCurves(images: readonly LabelledImage[], name: string, shape: Shape): ClassCurves {
  const matches = images.map((image) => matchImage(image, name, shape));
  const curve = (range: AreaRange, most: number) =>
    curveOf(
      matches.map((image) => image[range]),
      most,
    );
  return {
    best1: curve("all", 1),
    best10: curve("all", 10),
    best100: curve("all", MOST_DETECTIONS),
    small: curve("small", MOST_DETECTIONS),
    medium: curve("medium", MOST_DETECTIONS),
    large: curve("large", MOST_DETECTIONS),
  };
}

/** Null without truths. */
function curveOf(images: readonly ImageMatches[], most: number): Curve | null {
  const truths = images.reduce((sum, image) => sum + image.truths, 0);
  if (truths === 0) return null;
  const order = images
    .flatMap((image) =>
      image.scores.slice(0, most).map((score, place) => ({ image, place, score })),
    )
    .toSorted((a, b) => b.score - a.score);
  const byThreshold = IOU_THRESHOLDS.map((_, threshold) => {
    let [hits, misses] = [0, 0];
    const points = order.map(({ image, place }) => {
      const outcome = image.outcomes[threshold][place];
      if (outcome === "hit") hits++;
      if (outcome === "miss") misses++;
      // Before the first that counts, there is no precision: 0.
      return { recall: hits / truths, precision: hits / Math.max(1, hits + misses) };
    });
    return { hits, precision: precisionAtRecalls(points) };
  });
  return {
    precision: byThreshold.map(({ precision }) => precision),
    recall: byThreshold.map(({ hits }) => hits / truths),
    truths,
    hits: byThreshold[0].hits,
  };
}

/** At each recall point the best precision at that recall or a higher one; 0 beyond the last. */
function precisionAtRecalls(
  points: readonly { readonly recall: number; readonly precision: number }[],
): number[] {
  const best = points.map(({ precision }) => precision);
  for (let i = best.length - 2; i >= 0; i--) best[i] = Math.max(best[i], best[i + 1]);
  let place = 0;
  return RECALL_POINTS.map((recall) => {
    while (place < points.length && points[place].recall < recall) place++;
    return best[place] ?? 0;
  });
}

function measuresOf(classes: readonly ClassCurves[]): CocoMeasures {
  const curves = (key: keyof ClassCurves) =>
    classes.flatMap((one) => (one[key] === null ? [] : [one[key]]));
  const precision = (key: keyof ClassCurves) =>
    meanOf(curves(key).flatMap((one) => one.precision.flat()));
  const precisionAt = (iou: number) =>
    meanOf(curves("best100").flatMap((one) => one.precision[IOU_THRESHOLDS.indexOf(iou)]));
  const recall = (key: keyof ClassCurves) => meanOf(curves(key).flatMap((one) => one.recall));
  const sum = (value: (curve: Curve) => number) =>
    curves("best100").reduce((total, curve) => total + value(curve), 0);
  return {
    averagePrecision: {
      all: precision("best100"),
      iou50: precisionAt(0.5),
      iou75: precisionAt(0.75),
      small: precision("small"),
      medium: precision("medium"),
      large: precision("large"),
    },
    averageRecall: {
      best1: recall("best1"),
      best10: recall("best10"),
      best100: recall("best100"),
      small: recall("small"),
      medium: recall("medium"),
      large: recall("large"),
    },
    found: proportionOf(
      sum(({ hits }) => hits),
      sum(({ truths }) => truths),
    ),
  };
}
