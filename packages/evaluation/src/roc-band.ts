/**
 * The band around a ROC curve: at each false positive rate the 95 % interval of the true positive rate,
 * by the bootstrap over patients. It holds at each rate by itself, not over the whole curve.
 */
import { type BootstrapOptions, weightedBootstrap } from "./bootstrap.ts";

export interface RocBandPoint {
  readonly falsePositiveRate: number;
  readonly low: number;
  readonly high: number;
}

/** Steps of the false positive rate. */
const STEPS = 50;

/**
 * At 51 rates from 0 to 1. Null without a positive or a negative, or with so few that one resample in
 * ten lacks them.
 */
export function rocBand(
  scores: readonly number[],
  positive: readonly boolean[],
  options: BootstrapOptions,
): RocBandPoint[] | null {
  const order = scores.map((_, i) => i).toSorted((a, b) => scores[b] - scores[a]);
  const rates = Array.from({ length: STEPS + 1 }, (_, i) => i / STEPS);
  const band = weightedBootstrap(
    scores.length,
    (weights) => truePositiveRates(order, scores, positive, weights, rates),
    options,
  );
  const points = band.flatMap(({ interval }, i) =>
    interval === null ? [] : [{ falsePositiveRate: rates[i], low: interval[0], high: interval[1] }],
  );
  return points.length === rates.length ? points : null;
}

/**
 * On the curve at each of the rising rates: between two points on the straight line that joins them, and
 * where the curve rises without a false positive at its top.
 */
function truePositiveRates(
  order: readonly number[],
  scores: readonly number[],
  positive: readonly boolean[],
  weights: Uint32Array,
  rates: readonly number[],
): (number | null)[] {
  let [positives, negatives] = [0, 0];
  for (const [i, isPositive] of positive.entries()) {
    if (isPositive) positives += weights[i];
    else negatives += weights[i];
  }
  if (positives === 0 || negatives === 0) return rates.map(() => null);
  const found: number[] = [];
  let [hits, alarms] = [0, 0];
  for (let from = 0; from < order.length; ) {
    const [hitsBefore, alarmsBefore] = [hits, alarms];
    let to = from;
    for (; to < order.length && scores[order[to]] === scores[order[from]]; to++) {
      if (positive[order[to]]) hits += weights[order[to]];
      else alarms += weights[order[to]];
    }
    while (found.length < rates.length && rates[found.length] * negatives < alarms) {
      const share = (rates[found.length] * negatives - alarmsBefore) / (alarms - alarmsBefore);
      found.push((hitsBefore + share * (hits - hitsBefore)) / positives);
    }
    from = to;
  }
  while (found.length < rates.length) found.push(1);
  return found;
}
