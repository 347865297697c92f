/**
 * Predictive values where fractures are as frequent as they are somewhere else: a test of as many
 * patients of every class says how sensitive and specific a model is, and nothing of how often it is
 * right when it says "fracture" in an emergency department.
 *
 * Intervals are those of the log odds after Mercaldo, Lau and Zhou 2007 (Statistics in Medicine
 * 26:2170), with half a squared normal quantile added to every count, which keeps them finite where a
 * test has no false positive or no false negative.
 */
import type { Proportion } from "@malleolus/schema";
import { EvaluationError } from "../errors.ts";
import { NORMAL_95 } from "../normal.ts";

export interface PredictiveValue {
  /** Null where the test has no patients of one kind, or calls nobody so. */
  readonly value: number | null;
  readonly interval: readonly [low: number, high: number] | null;
}

export interface PredictiveValues {
  readonly prevalence: number;
  readonly ppv: PredictiveValue;
  readonly npv: PredictiveValue;
}

/** Throws EvaluationError `input` for a prevalence that is not between 0 and 1. */
export function predictiveValues(
  sensitivity: Pick<Proportion, "count" | "total">,
  specificity: Pick<Proportion, "count" | "total">,
  prevalence: number,
): PredictiveValues {
  if (!(prevalence > 0 && prevalence < 1)) {
    throw new EvaluationError(
      "input",
      `predictiveValues: expected a prevalence between 0 and 1, got ${prevalence}`,
    );
  }
  const alarms = { count: specificity.total - specificity.count, total: specificity.total };
  const misses = { count: sensitivity.total - sensitivity.count, total: sensitivity.total };
  return {
    prevalence,
    ppv: predictiveValue(sensitivity, alarms, prevalence),
    npv: predictiveValue(specificity, misses, 1 - prevalence),
  };
}

type Count = Pick<Proportion, "count" | "total">;

/** `right` of those who have it, `wrong` of those who do not, and how many have it. */
function predictiveValue(right: Count, wrong: Count, share: number): PredictiveValue {
  if (right.total === 0 || wrong.total === 0) return { value: null, interval: null };
  const rightly = (right.count / right.total) * share;
  const wrongly = (wrong.count / wrong.total) * (1 - share);
  const called = rightly + wrongly;
  if (called === 0) return { value: null, interval: null };
  const value = rightly / called;
  const [one, other] = [adjusted(right), adjusted(wrong)];
  const centre = Math.log(one.share / other.share) + Math.log(share / (1 - share));
  const half = NORMAL_95 * Math.sqrt(one.variance + other.variance);
  const [low, high] = [centre - half, centre + half].map((logit) => 1 / (1 + Math.exp(-logit)));
  // What is added to the counts may leave the value itself outside.
  return { value, interval: [Math.min(low, value), Math.max(high, value)] };
}

/** A share with half of a squared quantile more of both kinds, and the variance of its logarithm. */
function adjusted({ count, total }: Count): { readonly share: number; readonly variance: number } {
  const more = NORMAL_95 ** 2 / 2;
  const share = (count + more) / (total + 2 * more);
  return { share, variance: (1 - share) / (share * (total + 2 * more)) };
}
