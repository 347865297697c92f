/**
 * How well screening puts cases where they belong: precision and recall of each state, with Wilson's
 * 95 % intervals (Wilson 1927).
 */
import type { ScreenedState } from "./screening-decision.ts";

/** `count` of `total`; share and interval are null where there is nothing to count. */
export interface Proportion {
  readonly count: number;
  readonly total: number;
  readonly share: number | null;
  readonly interval: readonly [low: number, high: number] | null;
}

export interface ScreeningMeasure {
  readonly state: ScreenedState;
  /** Of the cases that were put here, those that belong here. */
  readonly precision: Proportion;
  /** Of the cases that belong here, those that were put here. */
  readonly recall: Proportion;
}

export interface ScreenedCase {
  readonly landed: ScreenedState;
  readonly belongs: ScreenedState;
}

/** The standard normal quantile of a two-sided 95 % interval. */
const Z = 1.959963984540054;

export function measureScreening(
  cases: readonly ScreenedCase[],
  states: readonly ScreenedState[],
): ScreeningMeasure[] {
  return states.map((state) => {
    const landed = cases.filter((one) => one.landed === state);
    const belonging = cases.filter((one) => one.belongs === state);
    const right = landed.filter((one) => one.belongs === state).length;
    return {
      state,
      precision: proportionOf(right, landed.length),
      recall: proportionOf(right, belonging.length),
    };
  });
}

/**
 * With Wilson's 95 % interval, which holds the share: at none and at all it ends there.
 *
 * Throws RangeError for counts that are none: `count` beyond `total`, a part of one, no number.
 */
export function proportionOf(count: number, total: number): Proportion {
  const areCounts = Number.isSafeInteger(count) && Number.isSafeInteger(total);
  if (!(areCounts && count >= 0 && count <= total)) {
    throw new RangeError(`proportionOf: expected counts, some of all, got ${count} of ${total}`);
  }
  if (total === 0) return { count, total, share: null, interval: null };
  const share = count / total;
  const squared = Z * Z;
  const centre = (share + squared / (2 * total)) / (1 + squared / total);
  const half =
    (Z / (1 + squared / total)) *
    Math.sqrt((share * (1 - share)) / total + squared / (4 * total * total));
  return {
    count,
    total,
    share,
    // At the ends, rounding alone would leave the share outside.
    interval: [count === 0 ? 0 : centre - half, count === total ? 1 : centre + half],
  };
}
