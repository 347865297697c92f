/**
 * How many patients a test needs, so that a share or an area is known as well as is wanted. Both are
 * for the plan of a study, which then says what it was computed from.
 */
import { EvaluationError } from "./errors.ts";
import { NORMAL_95 } from "./normal.ts";

/**
 * The fewest patients with whom Wilson's interval around the expected share is at most `width` wide,
 * from end to end.
 *
 * @throws EvaluationError `input` for a share or a width that is not between 0 and 1.
 */
export function patientsForProportion(share: number, width: number): number {
  checkShares("patientsForProportion", { share, width });
  return leastWhere((patients) => {
    const squared = NORMAL_95 ** 2;
    const spread = (share * (1 - share)) / patients + squared / (4 * patients * patients);
    return (2 * NORMAL_95 * Math.sqrt(spread)) / (1 + squared / patients) <= width;
  });
}

/**
 * The fewest positives with whom the area's interval is at most `width` wide, for so many negatives a
 * positive: of the normal interval with the variance of Hanley and McNeil (1982, Radiology 143:29).
 *
 * @throws EvaluationError `input` for an area or a width that is not between 0 and 1, or a ratio that is
 * not above 0.
 */
export function positivesForAuc(auc: number, width: number, negativesPerPositive: number): number {
  checkShares("positivesForAuc", { auc, width });
  if (!(negativesPerPositive > 0)) {
    throw new EvaluationError(
      "input",
      `positivesForAuc: expected some negatives for every positive, got ${negativesPerPositive}`,
    );
  }
  return leastWhere((positives) => {
    const negatives = positives * negativesPerPositive;
    const spread = Math.sqrt(hanleyMcNeilVariance(auc, positives, negatives));
    return 2 * NORMAL_95 * spread <= width;
  });
}

/** Of an area with so many positives and negatives, from the area alone. */
export function hanleyMcNeilVariance(auc: number, positives: number, negatives: number): number {
  const twoPositives = auc / (2 - auc);
  const twoNegatives = (2 * auc * auc) / (1 + auc);
  const terms =
    auc * (1 - auc) +
    (positives - 1) * (twoPositives - auc * auc) +
    (negatives - 1) * (twoNegatives - auc * auc);
  return terms / (positives * negatives);
}

/** The least whole number, from 1 on, from which on it holds. */
function leastWhere(holds: (count: number) => boolean): number {
  let high = 1;
  while (!holds(high)) high *= 2;
  let low = Math.floor(high / 2) + 1;
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
