/**
 * Agreement beyond chance with an interval, whichever coefficient it is: Cohen's kappa, weighted or
 * not, Fleiss' kappa and Krippendorff's alpha all are `(observed - chance) / (1 - chance)`.
 *
 * The variance is that of the jackknife over cases. A symmetric interval of it is too high where
 * readers nearly always agree, and has no width where they always do; so what is observed is taken as
 * a share of so many independent cases as would spread as much, and its Wilson interval
 * (`effective-wilson.ts`) is put through the same formula. It covers in 95 to 97 % of simulated
 * tests with 25 and with 100 cases (`experiments/coverage-of-agreement.ts`: kappas of 0.5 to 0.9, with and
 * without weights, and both alphas with missing readings).
 */
import type { Estimate } from "@malleolus/schema";
import { effectiveWilson } from "../effective-wilson.ts";

/** What was read of one case, in the order of the readers; null where one did not read it. */
export type Readings = readonly (string | null)[];

/** Readings that several cases share. Agreement is a function of how often each pattern is there. */
export interface Pattern {
  readonly readings: Readings;
  readonly cases: number;
}

/** Two shares of agreement, 0 to 1: as it is, and as chance alone would have it. */
export interface Agreement {
  readonly observed: number;
  readonly chance: number;
}

export interface ChanceCorrected extends Estimate {
  /** Cases that have a part in it. */
  readonly cases: number;
  readonly observed: number | null;
  readonly chance: number | null;
}

/** Null where nothing can be compared. */
export type Coefficient = (patterns: readonly Pattern[]) => Agreement | null;

/**
 * A coefficient of all cases. Its value is null where nothing is compared and where chance alone
 * agrees always; its interval, too, for fewer than two cases.
 */
export function chanceCorrected(
  cases: readonly Readings[],
  coefficient: Coefficient,
  hasPart: (readings: Readings) => boolean = (readings) => readings.every((one) => one !== null),
): ChanceCorrected {
  const patterns = patternsOf(cases.filter(hasPart));
  const count = patterns.reduce((sum, pattern) => sum + pattern.cases, 0);
  const whole = coefficient(patterns);
  const value = correctedValue(whole);
  if (whole === null || value === null) {
    const { observed = null, chance = null } = whole ?? {};
    return { value: null, interval: null, cases: count, observed, chance };
  }
  return {
    value,
    interval: count < 2 ? null : intervalOf(whole, jackknifeVariance(patterns, coefficient), count),
    cases: count,
    ...whole,
  };
}

function correctedValue(agreement: Agreement | null): number | null {
  if (agreement === null || agreement.chance === 1) return null;
  return (agreement.observed - agreement.chance) / (1 - agreement.chance);
}

function intervalOf({ observed, chance }: Agreement, variance: number, cases: number) {
  // Rounding may leave a whole share a hair beside 1.
  const share = Math.min(1, Math.max(0, observed));
  const [low, high] = effectiveWilson(share, {
    variance: variance * (1 - chance) ** 2,
    degreesOfFreedom: cases - 1,
    most: Number.POSITIVE_INFINITY,
    least: cases,
  });
  return [(low - chance) / (1 - chance), (high - chance) / (1 - chance)] as const;
}

/**
 * Over cases: one left out after the other, those of a pattern at once. Coefficients that do not exist
 * without a case have no part in it.
 */
function jackknifeVariance(patterns: readonly Pattern[], coefficient: Coefficient): number {
  const without = patterns.flatMap((pattern, place) => {
    const rest = patterns.with(place, { ...pattern, cases: pattern.cases - 1 });
    const value = correctedValue(coefficient(rest.filter(({ cases }) => cases > 0)));
    return value === null ? [] : [{ value, cases: pattern.cases }];
  });
  const count = without.reduce((sum, { cases }) => sum + cases, 0);
  if (count < 2) return 0;
  const mean = without.reduce((sum, { value, cases }) => sum + value * cases, 0) / count;
  const squares = without.reduce((sum, { value, cases }) => sum + cases * (value - mean) ** 2, 0);
  // What rounding leaves of equal values is no spread.
  return squares < 1e-24 ? 0 : ((count - 1) / count) * squares;
}

function patternsOf(cases: readonly Readings[]): Pattern[] {
  const patterns = new Map<string, { readings: Readings; cases: number }>();
  for (const readings of cases) {
    const key = JSON.stringify(readings);
    const pattern = patterns.get(key);
    if (pattern === undefined) patterns.set(key, { readings, cases: 1 });
    else pattern.cases++;
  }
  return [...patterns.values()];
}
