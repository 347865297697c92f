/**
 * Wilson's interval (1927) where what was observed is no count of independent cases: with the number
 * of independent cases that would spread as much, `share (1 - share) / variance` (Rao and Scott 1992,
 * for shares in clusters), and Student's quantile for a variance that few cases tell.
 *
 * It never ends beyond 0 or 1 and has a width at both, where a symmetric interval and the percentiles
 * of a bootstrap have none.
 */
import { studentQuantile95 } from "./student.ts";

export interface ObservedSpread {
  /** Of the share, as it was estimated; 0 where nothing in the sample differs. */
  readonly variance: number;
  /** Of that estimate, at least 1; not looked at where it is 0. */
  readonly degreesOfFreedom: number;
  /** Independent cases cannot be more. */
  readonly most: number;
  /** How many to take where nothing differs, which tells nothing of the spread; at least 2. */
  readonly least: number;
}

export function effectiveWilson(
  share: number,
  { variance, degreesOfFreedom, most, least }: ObservedSpread,
): readonly [low: number, high: number] {
  const cases = variance > 0 ? Math.min(most, (share * (1 - share)) / variance) : least;
  const degrees = variance > 0 ? Math.floor(degreesOfFreedom) : least - 1;
  const quantile = studentQuantile95(degrees);
  const squared = quantile ** 2;
  const center = (share + squared / (2 * cases)) / (1 + squared / cases);
  const half =
    (quantile / (1 + squared / cases)) *
    Math.sqrt((share * (1 - share)) / cases + squared / (4 * cases * cases));
  // At the ends, rounding alone would leave the share outside.
  return [share === 0 ? 0 : center - half, share === 1 ? 1 : center + half];
}
