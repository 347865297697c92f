/**
 * Two shares of different patients: their difference with Newcombe's interval (1998, Statistics in
 * Medicine 17:873, method 10), and Fisher's exact test of whether there is one. With 25 patients on each side the interval
 * holds the truth in 92 to 96 %, with 100 in 94 to 97 %.
 */
import { logGamma } from "../distributions/gamma.ts";
import { proportionOf } from "../proportion.ts";

export interface Count {
  readonly count: number;
  readonly total: number;
}

export interface ShareDifference {
  /** Of the first's share less the second's; null where one has nobody. */
  readonly difference: number | null;
  readonly interval: readonly [low: number, high: number] | null;
  /** Two-sided, of all tables that are no likelier than this one. */
  readonly exactP: number;
}

/** @throws RangeError for what are no counts. */
export function shareDifference(first: Count, second: Count): ShareDifference {
  const one = proportionOf(first.count, first.total);
  const other = proportionOf(second.count, second.total);
  const exactP = fisherExact(first, second);
  if (one.share === null || other.share === null || !one.interval || !other.interval) {
    return { difference: null, interval: null, exactP };
  }
  const difference = one.share - other.share;
  const low = Math.hypot(one.share - one.interval[0], other.interval[1] - other.share);
  const high = Math.hypot(one.interval[1] - one.share, other.share - other.interval[0]);
  return { difference, interval: [difference - low, difference + high], exactP };
}

/** Tables whose chances differ by rounding alone are equally likely. */
const EQUAL = 1 + 1e-7;

function fisherExact(first: Count, second: Count): number {
  const [all, successes] = [first.total + second.total, first.count + second.count];
  const logChance = (count: number) =>
    logChoose(first.total, count) +
    logChoose(second.total, successes - count) -
    logChoose(all, successes);
  const seen = Math.exp(logChance(first.count));
  const least = Math.max(0, successes - second.total);
  const most = Math.min(first.total, successes);
  let p = 0;
  for (let count = least; count <= most; count++) {
    const chance = Math.exp(logChance(count));
    if (chance <= seen * EQUAL) p += chance;
  }
  return Math.min(1, p);
}

function logChoose(all: number, some: number): number {
  return logGamma(all + 1) - logGamma(some + 1) - logGamma(all - some + 1);
}
