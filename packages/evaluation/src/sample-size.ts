/**
 * How many patients a test needs, so that a share or an area is known as well as is wanted. Both are
 * for the plan of a study, which then says what it was computed from.
 */
import { effectiveWilson } from "./effective-wilson.ts";
import { EvaluationError } from "./errors.ts";
import { NORMAL_95 } from "./normal.ts";
import { satterthwaite } from "./roc.ts";

/** Patients of any study are fewer, and far beyond it a whole number is no longer exact. */
const MOST_PATIENTS = 1e9;
/** Without two of each an area has no interval. */
const LEAST_OF_EACH = 2;

/**
 * The fewest patients with whom Wilson's interval around the expected share is at most `width` wide,
 * from end to end.
 *
 * @throws EvaluationError `input` for a share or a width that is not between 0 and 1, and for a width that takes
 *   more than a thousand million patients.
 */
export function patientsForProportion(share: number, width: number): number {
  checkShares("patientsForProportion", { share, width });
  return leastWhere("patientsForProportion", 1, (patients) => {
    const squared = NORMAL_95 ** 2;
    const spread = (share * (1 - share)) / patients + squared / (4 * patients * patients);
    return (2 * NORMAL_95 * Math.sqrt(spread)) / (1 + squared / patients) <= width;
  });
}

/**
 * The fewest positives with whom the area's interval is at most `width` wide, for so many negatives a
 * positive: of the interval that `roc.ts` gives an area, with the variance of Hanley and McNeil (1982, Radiology
 * 143:29) in the place of DeLong's. There are at least two of each.
 *
 * @throws EvaluationError `input` for an area or a width that is not between 0 and 1, a ratio that is
 *   not above 0, and what takes more than a thousand million positives.
 */
export function positivesForAuc(auc: number, width: number, negativesPerPositive: number): number {
  checkShares("positivesForAuc", { auc, width });
  if (!(negativesPerPositive > 0)) {
    throw new EvaluationError(
      "input",
      `positivesForAuc: expected some negatives for every positive, got ${negativesPerPositive}`,
    );
  }
  const least = Math.max(LEAST_OF_EACH, Math.ceil(LEAST_OF_EACH / negativesPerPositive));
  return leastWhere("positivesForAuc", least, (positives) => {
    // Rounding alone may leave less than two.
    const negatives = Math.max(LEAST_OF_EACH, positives * negativesPerPositive);
    const { twoPositives, twoNegatives } = chancesOfTwo(auc);
    const [low, high] = effectiveWilson(auc, {
      variance: hanleyMcNeilVariance(auc, positives, negatives),
      degreesOfFreedom: satterthwaite(
        (twoNegatives - auc * auc) / positives,
        positives,
        (twoPositives - auc * auc) / negatives,
        negatives,
      ),
      most: positives + negatives,
      least: Math.min(positives, negatives),
    });
    return high - low <= width;
  });
}

/** Of an area with so many positives and negatives, from the area alone. */
export function hanleyMcNeilVariance(auc: number, positives: number, negatives: number): number {
  const { twoPositives, twoNegatives } = chancesOfTwo(auc);
  const terms =
    auc * (1 - auc) +
    (positives - 1) * (twoPositives - auc * auc) +
    (negatives - 1) * (twoNegatives - auc * auc);
  return terms / (positives * negatives);
}

/** That two positives score above a negative, and a positive above two negatives; of exponential scores. */
function chancesOfTwo(auc: number): {
  readonly twoPositives: number;
  readonly twoNegatives: number;
} {
  return { twoPositives: auc / (2 - auc), twoNegatives: (2 * auc * auc) / (1 + auc) };
}

/** The least whole number, from `least` on, from which on it holds. */
function leastWhere(where: string, least: number, holds: (count: number) => boolean): number {
  let high = least;
  while (high <= MOST_PATIENTS && !holds(high)) high *= 2;
  if (high > MOST_PATIENTS) {
    throw new EvaluationError(
      "input",
      `${where}: expected what ${MOST_PATIENTS} patients can tell, got what takes more; take a wider interval`,
    );
  }
  let low = Math.max(least, Math.floor(high / 2) + 1);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}

function checkShares(where: string, shares: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(shares)) {
    if (value > 0 && value < 1) continue;
    throw new EvaluationError(
      "input",
      `${where}: expected a ${name} between 0 and 1, got ${value}`,
    );
  }
}
