/**
 * A share over ordered groups: does it rise or fall with them (Cochran 1954, Armitage 1955)?
 *
 * The permutation form of the variance is used, with n - 1, which keeps to its level with few patients.
 */
import { EvaluationError } from "../errors.ts";
import { twoSidedP } from "../normal.ts";

export interface OrderedGroup {
  /** Its place in the order; distances count. */
  readonly score: number;
  readonly count: number;
  readonly total: number;
}

export interface Trend {
  readonly patients: number;
  /** Above 0 where the share rises with the score; null where nothing can be said. */
  readonly z: number | null;
  /** Two-sided. */
  readonly p: number | null;
}

/** @throws EvaluationError `input` for counts that are none. */
export function trendOf(groups: readonly OrderedGroup[]): Trend {
  const wrong = groups.find(
    ({ count, total }) => !(Number.isSafeInteger(total) && count >= 0 && count <= total),
  );
  if (wrong !== undefined) {
    throw new EvaluationError(
      "input",
      `trendOf: expected counts, some of all, got ${wrong.count} of ${wrong.total}`,
    );
  }
  const sum = (of: (group: OrderedGroup) => number) =>
    groups.reduce((total, group) => total + of(group), 0);
  const patients = sum(({ total }) => total);
  const share = sum(({ count }) => count) / patients;
  const mean = sum(({ score, total }) => score * total) / patients;
  const squares = sum(({ score, total }) => total * (score - mean) ** 2);
  const variance = (patients / (patients - 1)) * share * (1 - share) * squares;
  if (!(variance > 0)) return { patients, z: null, p: null };
  const z = sum(({ score, count }) => (score - mean) * count) / Math.sqrt(variance);
  return { patients, z, p: twoSidedP(z) };
}
