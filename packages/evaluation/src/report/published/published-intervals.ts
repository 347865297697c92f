/**
 * The 95 % intervals that the paper left out, from its own counts: Wilson's for shares of patients, and
 * Hanley and McNeil's (1982) for areas under the curve, of which no more is printed than the area.
 */
import type { Estimate, Proportion } from "@malleolus/schema";
import { accuracyOf, type Confusion, classMeasures } from "../../confusion.ts";
import { proportionOf } from "../../proportion.ts";
import {
  PUBLISHED,
  PUBLISHED_CLASSES,
  type PublishedClass,
  type PublishedSet,
} from "./published.ts";

/** The standard normal quantile of a two-sided 95 % interval. */
const Z = 1.959963984540054;

/** Null for a test whose counts are not printed. */
export function publishedConfusion(set: PublishedSet): Confusion | null {
  const { confusion } = PUBLISHED[set];
  return confusion === null ? null : { classes: PUBLISHED_CLASSES, counts: confusion };
}

/** From the counts where they are printed, else from the percent and the number of patients. */
export function publishedAccuracy(set: PublishedSet): Proportion {
  const confusion = publishedConfusion(set);
  if (confusion !== null) return accuracyOf(confusion);
  const { accuracy, patients } = PUBLISHED[set];
  return proportionOf(Math.round((accuracy / 100) * patients), patients);
}

export interface PublishedMeasures {
  readonly sensitivity: Proportion | number | null;
  readonly specificity: Proportion | number | null;
  readonly auc: Estimate;
}

/** A plain number is a percent of which the paper does not say how many patients it is a share of. */
export function publishedMeasures(set: PublishedSet, name: PublishedClass): PublishedMeasures {
  const test = PUBLISHED[set];
  const confusion = publishedConfusion(set);
  const auc = test.auc[name];
  if (confusion === null) {
    return {
      sensitivity: test.sensitivity[name],
      specificity: test.specificity[name],
      auc: { value: auc, interval: null },
    };
  }
  const { sensitivity, specificity } = classMeasures(confusion, name);
  const interval =
    auc === null ? null : hanleyMcNeilInterval(auc, sensitivity.total, specificity.total);
  return { sensitivity, specificity, auc: { value: auc, interval } };
}

/**
 * Of an area of which nothing is known but how many positives and negatives it is from, on the scale of
 * log odds, where it cannot leave 0 to 1. Null at 0 and at 1, where the formula gives no spread.
 */
export function hanleyMcNeilInterval(
  auc: number,
  positives: number,
  negatives: number,
): readonly [low: number, high: number] | null {
  if (auc <= 0 || auc >= 1) return null;
  const q1 = auc / (2 - auc);
  const q2 = (2 * auc ** 2) / (1 + auc);
  const variance =
    (auc * (1 - auc) + (positives - 1) * (q1 - auc ** 2) + (negatives - 1) * (q2 - auc ** 2)) /
    (positives * negatives);
  const logit = Math.log(auc / (1 - auc));
  const reach = (Z * Math.sqrt(variance)) / (auc * (1 - auc));
  const back = (value: number) => 1 / (1 + Math.exp(-value));
  return [back(logit - reach), back(logit + reach)];
}
