/**
 * COCO's average precision and recall, as pycocotools computes them (cocoeval.py: `accumulate` and
 * `summarize`; written anew here). Compared with it in `golden/coco-average-precision.json`.
 *
 * Where a figure does not exist, because no truth is of that class or size, pycocotools says -1;
 * here it is null.
 */
import type { AveragePrecision, CocoFigures, CocoMeasures } from "@malleolus/schema";
import { proportionOf } from "../proportion.ts";
import { meanOf } from "../summary.ts";
import { type ImageMatches, matchImage } from "./image-matches.ts";
import type { LabeledImage, Shape } from "./labeled-image.ts";
import {
  type AreaRange,
  COCO_FROM,
  MATCHED_AT,
  MOST_DETECTIONS,
  type ShownOverlap,
} from "./settings.ts";
import { type Sweep, type Swept, sweep, sweepOf } from "./sweep.ts";

/**
 * Of all images together. Detections of equal scores count in the order of images: to get
 * pycocotools' figures to the last digit, hand them over by ascending id. Classes of `notObjects`, such
 * as an intact bone that says "no fracture", have their own figures and no part in those of all.
 */
export function averagePrecision(
  images: readonly LabeledImage[],
  classes: readonly string[],
  shape: Shape,
  notObjects: readonly string[] = [],
): AveragePrecision {
  const once = new Uint32Array(images.length).fill(1);
  const curves = classSweeps(images, classes, shape).map((one) => curvesOf(one, once));
  return {
    ...measuresOf(curves.filter((_, i) => !notObjects.includes(classes[i]))),
    classes: classes.map((name, i) => ({ class: name, ...measuresOf([curves[i]]) })),
  };
}

const CURVES = ["best1", "best10", "best100", "small", "medium", "large"] as const;
type CurveName = (typeof CURVES)[number];

export type ClassSweeps = Readonly<Record<CurveName, Sweep>>;
export type ClassCurves = Readonly<Record<CurveName, Swept | null>>;

/** In the order of the classes. */
export function classSweeps(
  images: readonly LabeledImage[],
  classes: readonly string[],
  shape: Shape,
): ClassSweeps[] {
  return classes.map((name) => {
    const matches = images.map((image) => matchImage(image, name, shape));
    const of = (range: AreaRange, most: number) => sweepAll(matches, range, most);
    return {
      best1: of("all", 1),
      best10: of("all", 10),
      best100: of("all", MOST_DETECTIONS),
      small: of("small", MOST_DETECTIONS),
      medium: of("medium", MOST_DETECTIONS),
      large: of("large", MOST_DETECTIONS),
    };
  });
}

const everyThreshold = [...MATCHED_AT.keys()];

function sweepAll(
  matches: readonly Readonly<Record<AreaRange, ImageMatches>>[],
  range: AreaRange,
  most: number,
): Sweep {
  return sweepOf(
    matches.map((image) => image[range]),
    most,
    everyThreshold,
  );
}

export function curvesOf(sweeps: ClassSweeps, weights: Uint32Array): ClassCurves {
  return {
    best1: sweep(sweeps.best1, weights),
    best10: sweep(sweeps.best10, weights),
    best100: sweep(sweeps.best100, weights),
    small: sweep(sweeps.small, weights),
    medium: sweep(sweeps.medium, weights),
    large: sweep(sweeps.large, weights),
  };
}

/** The figures of some classes together. */
export function figuresOf(classes: readonly ClassCurves[]): CocoFigures {
  const curves = (name: CurveName) =>
    classes.flatMap((one) => (one[name] === null ? [] : [one[name]]));
  const precision = (name: CurveName) =>
    meanOf(curves(name).flatMap((one) => one.precision.slice(COCO_FROM)));
  const precisionAt = (iou: ShownOverlap) =>
    meanOf(curves("best100").map((one) => one.precision[MATCHED_AT.indexOf(iou)]));
  const recall = (name: CurveName) =>
    meanOf(
      curves(name).flatMap(({ hits, truths }) => hits.slice(COCO_FROM).map((own) => own / truths)),
    );
  return {
    averagePrecision: {
      all: precision("best100"),
      iou30: precisionAt(0.3),
      iou40: precisionAt(0.4),
      iou50: precisionAt(0.5),
      iou60: precisionAt(0.6),
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
  };
}

function measuresOf(classes: readonly ClassCurves[]): CocoMeasures {
  const sum = (value: (curve: Swept) => number) =>
    classes.reduce((total, { best100 }) => total + (best100 === null ? 0 : value(best100)), 0);
  return {
    ...figuresOf(classes),
    recall50: proportionOf(
      sum(({ hits }) => hits[COCO_FROM]),
      sum(({ truths }) => truths),
    ),
  };
}
