/**
 * Two methods that measure the same: how far apart they are, and within which limits nineteen of
 * twenty differences lie (Bland and Altman 1986, 1999).
 *
 * The limits have intervals of their own, by the variances of mean and deviation recovered from their
 * exact intervals (Zou 2013, Statistical Methods in Medical Research 22:630): with few pairs, a limit
 * is known much worse than its line in the plot suggests. They cover in 94 to 95 % with 25 and 100 pairs.
 */
import type { Estimate } from "@malleolus/schema";
import { studentWithin } from "../distributions/beta.ts";
import { chiSquareQuantile } from "../distributions/gamma.ts";
import { EvaluationError } from "../errors.ts";
import { NORMAL_95 } from "../normal.ts";

export interface BlandAltman {
  readonly pairs: number;
  /** Mean of the first less the second; null without a pair. */
  readonly bias: Estimate;
  /** Of the differences, with n - 1; null for fewer than two pairs. */
  readonly deviation: number | null;
  readonly lowerLimit: Estimate;
  readonly upperLimit: Estimate;
  /** A point a pair, to plot: their mean, and their difference. */
  readonly points: readonly { readonly mean: number; readonly difference: number }[];
}

/** @throws EvaluationError `input` for what is no finite number. */
export function blandAltman(
  pairs: readonly (readonly [first: number, second: number])[],
): BlandAltman {
  const wrong = pairs.findIndex((pair) => !pair.every(Number.isFinite));
  if (wrong >= 0) {
    throw new EvaluationError(
      "input",
      `blandAltman: expected finite measurements, got ${pairs[wrong].join(" and ")} of pair ${wrong}`,
    );
  }
  const points = pairs.map(([first, second]) => ({
    mean: (first + second) / 2,
    difference: first - second,
  }));
  const n = points.length;
  const none: Estimate = { value: null, interval: null };
  if (n === 0) {
    return { pairs: n, bias: none, deviation: null, lowerLimit: none, upperLimit: none, points };
  }
  const bias = points.reduce((sum, { difference }) => sum + difference, 0) / n;
  if (n < 2) {
    const alone: Estimate = { value: bias, interval: null };
    return { pairs: n, bias: alone, deviation: null, lowerLimit: none, upperLimit: none, points };
  }
  const squares = points.reduce((sum, { difference }) => sum + (difference - bias) ** 2, 0);
  const deviation = Math.sqrt(squares / (n - 1));
  const half = (studentWithin(0.95, n - 1) * deviation) / Math.sqrt(n);
  const reach = NORMAL_95 * deviation;
  // Distances of the limit from its ends: inwards where the deviation is smaller, outwards where greater.
  const inwards = Math.hypot(
    half,
    reach * (1 - Math.sqrt((n - 1) / chiSquareQuantile(0.025, n - 1))),
  );
  const outwards = Math.hypot(
    half,
    reach * (Math.sqrt((n - 1) / chiSquareQuantile(0.975, n - 1)) - 1),
  );
  const [lower, upper] = [bias - reach, bias + reach];
  return {
    pairs: n,
    bias: { value: bias, interval: [bias - half, bias + half] },
    deviation,
    lowerLimit: { value: lower, interval: [lower - outwards, lower + inwards] },
    upperLimit: { value: upper, interval: [upper - inwards, upper + outwards] },
    points,
  };
}
