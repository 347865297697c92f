/**
 * Working points: the score from which a patient is called positive, chosen where one may choose (on
 * tuning patients) and held where one may not (on tests).
 *
 * A point chosen on the patients on whom it is then reported is too good; so choosing and applying are
 * two functions, and what is chosen is a plain score that can be written down.
 */
import type { PointWanted, Proportion } from "@malleolus/schema";
import { EvaluationError } from "../errors.ts";
import { proportionOf } from "../proportion.ts";
import { rocPoints } from "../roc.ts";

export interface OperatingPoint {
  readonly wanted: PointWanted;
  /** Patients with at least this score are positive; infinite where nobody may be. */
  readonly threshold: number;
  /** Where it was chosen. */
  readonly sensitivity: Proportion;
  readonly specificity: Proportion;
}

/**
 * The threshold that keeps to what is wanted and of those the best in the other. It lies half-way to
 * the next lower score, so that a patient of a later test just below a tuning patient is not on the
 * other side for nothing. Null without positives or negatives.
 *
 * @throws EvaluationError `input` for a share that is none, and as `rocPoints` does.
 */
export function chooseOperatingPoint(
  scores: readonly number[],
  positive: readonly boolean[],
  wanted: PointWanted,
): OperatingPoint | null {
  if (!(wanted.share > 0 && wanted.share <= 1)) {
    throw new EvaluationError(
      "input",
      `chooseOperatingPoint: expected a ${wanted.atLeast} above 0 and up to 1, got ${wanted.share}`,
    );
  }
  const points = rocPoints(scores, positive);
  if (points === null) return null;
  // Down the scores sensitivity rises and specificity falls.
  const place =
    wanted.atLeast === "sensitivity"
      ? points.findIndex(({ truePositiveRate }) => truePositiveRate >= wanted.share)
      : points.findLastIndex(({ falsePositiveRate }) => 1 - falsePositiveRate >= wanted.share);
  const { threshold } = points[place];
  const next = points[place + 1]?.threshold ?? null;
  const chosen =
    threshold === null
      ? Number.POSITIVE_INFINITY
      : next === null
        ? threshold
        : threshold - (threshold - next) / 2;
  return { wanted, threshold: chosen, ...measuredAt(chosen, scores, positive) };
}

/** What a threshold does to other patients. */
export function measuredAt(
  threshold: number,
  scores: readonly number[],
  positive: readonly boolean[],
): { readonly sensitivity: Proportion; readonly specificity: Proportion } {
  const called = (is: boolean, asPositive: boolean) =>
    scores.filter((score, i) => positive[i] === is && score >= threshold === asPositive).length;
  const positives = positive.filter(Boolean).length;
  return {
    sensitivity: proportionOf(called(true, true), positives),
    specificity: proportionOf(called(false, false), positive.length - positives),
  };
}
