/**
 * Intervals of COCO's figures by the bootstrap over groups of images: near-duplicates, or a patient's,
 * are drawn together. The matches stay as they are; only how often an image counts changes, so that a
 * thousand resamples of some hundred images take seconds.
 *
 * A percentile interval: of a figure that is a mean over few truths it is a rough one.
 */
import type {
  AveragePrecisionIntervals,
  CocoFigures,
  CocoIntervals,
  Estimate,
} from "@malleolus/schema";
import { type BootstrapOptions, weightedBootstrap } from "../bootstrap.ts";
import { type ClassCurves, classSweeps, curvesOf, figuresOf } from "./average-precision.ts";
import type { LabeledImage, Shape } from "./labeled-image.ts";
import { COCO_FROM } from "./settings.ts";
import { type Sweep, sweep } from "./sweep.ts";

/**
 * `groups` names each image's. `classes` and `notObjects` as `averagePrecision` has them.
 *
 * @throws EvaluationError `input` for options of the bootstrap that are none.
 */
export function averagePrecisionIntervals(
  images: readonly LabeledImage[],
  groups: readonly string[],
  classes: readonly string[],
  shape: Shape,
  options: BootstrapOptions,
  notObjects: readonly string[] = [],
): AveragePrecisionIntervals {
  const sweeps = classSweeps(images, classes, shape);
  const isObject = classes.map((name) => !notObjects.includes(name));
  const together = (curves: readonly ClassCurves[]) => curves.filter((_, i) => isObject[i]);
  const byImage = imageWeights(groups);
  const estimates = weightedBootstrap(
    byImage.groups,
    (resampled) => {
      const weights = byImage.weights(resampled);
      const curves = sweeps.map((one) => curvesOf(one, weights));
      const each = classes.length > 1 ? curves.map((one) => [one]) : [];
      return [together(curves), ...each].flatMap((some) => flat(figuresOf(some)));
    },
    options,
  );
  const interval = (place: number) => estimates[place].interval;
  const at = (part: number) => intervalsFrom((i) => interval(part * FIGURES + i));
  return {
    ...at(0),
    classes: classes.map((name, i) => ({
      class: name,
      ...at(classes.length > 1 ? i + 1 : 0),
    })),
  };
}

/** Average precision at IoU 0.5 alone, with its interval: of a part of the images, or of one size. */
export function averagePrecision50(
  sweeps: readonly Sweep[],
  groups: readonly string[],
  options: BootstrapOptions,
): Estimate {
  const byImage = imageWeights(groups);
  const [estimate] = weightedBootstrap(
    byImage.groups,
    (resampled) => {
      const weights = byImage.weights(resampled);
      const known = sweeps.flatMap((one) => sweep(one, weights) ?? []);
      const sum = known.reduce((total, { precision }) => total + precision[COCO_FROM], 0);
      return [known.length === 0 ? null : sum / known.length];
    },
    options,
  );
  return estimate;
}

/** From how often groups are drawn to how often images are. */
export function imageWeights(groups: readonly string[]) {
  const names = [...new Set(groups)];
  const placeOf = new Map(names.map((name, place) => [name, place]));
  const places = groups.map((group) => placeOf.get(group) ?? 0);
  const weights = new Uint32Array(groups.length);
  return {
    groups: names.length,
    /** The same array every time. */
    weights(resampled: Uint32Array): Uint32Array {
      for (const [image, place] of places.entries()) weights[image] = resampled[place];
      return weights;
    },
  };
}

const FIGURES = 15;

function flat({ averagePrecision: ap, averageRecall: ar }: CocoFigures) {
  return [
    ...[ap.all, ap.iou30, ap.iou40, ap.iou50, ap.iou60, ap.iou75, ap.small, ap.medium, ap.large],
    ...[ar.best1, ar.best10, ar.best100, ar.small, ar.medium, ar.large],
  ];
}

function intervalsFrom(at: (place: number) => Estimate["interval"]): CocoIntervals {
  return {
    averagePrecision: {
      all: at(0),
      iou30: at(1),
      iou40: at(2),
      iou50: at(3),
      iou60: at(4),
      iou75: at(5),
      small: at(6),
      medium: at(7),
      large: at(8),
    },
    averageRecall: {
      best1: at(9),
      best10: at(10),
      best100: at(11),
      small: at(12),
      medium: at(13),
      large: at(14),
    },
  };
}
