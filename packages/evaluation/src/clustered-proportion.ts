/**
 * Shares of things that come in groups: radiographs of patients, fractures on them. The views of one
 * patient are alike, so that Wilson's interval of so many independent cases is too narrow.
 *
 * The interval is Wilson's with the effective number of cases. In simulation (patients of 1 to 4 views,
 * 10, 30 and 75 of them, shares of 0.6, 0.88 and 0.95, correlation within patients of 0, 0.5 and 0.8 on
 * the probit scale) it covers in 93 to 99 % where plain Wilson does in 80 to 97 % and the percentile
 * bootstrap over patients in 56 to 95 %: `experiments/interval-coverage.ts`.
 */
import type { Proportion } from "@malleolus/schema";
import { effectiveWilson } from "./effective-wilson.ts";
import { proportionOf } from "./proportion.ts";

/** Of one patient's things, say, how many are so. */
export interface ClusterCount {
  readonly count: number;
  readonly total: number;
}

/**
 * Null as an interval for fewer than two clusters that hold anything.
 *
 * @throws as `proportionOf`.
 */
export function clusteredProportionOf(clusters: readonly ClusterCount[]): Proportion {
  const filled = clusters.filter(({ count, total }) => proportionOf(count, total).share !== null);
  const count = filled.reduce((sum, one) => sum + one.count, 0);
  const total = filled.reduce((sum, one) => sum + one.total, 0);
  if (total === 0) return { count, total, share: null, interval: null };
  const share = count / total;
  if (filled.length < 2) return { count, total, share, interval: null };
  const squares = filled.reduce((sum, one) => sum + (one.count - share * one.total) ** 2, 0);
  const variance = ((filled.length / (filled.length - 1)) * squares) / total ** 2;
  const interval = effectiveWilson(share, {
    variance,
    degreesOfFreedom: filled.length - 1,
    most: total,
    least: filled.length,
  });
  return { count, total, share, interval };
}

/** One cluster a group, in the order in which groups first come. */
export function clusterCounts<Item>(
  items: readonly Item[],
  group: (item: Item) => string,
  counts: (item: Item) => boolean,
): ClusterCount[] {
  return [...Map.groupBy(items, group).values()].map((own) => ({
    count: own.filter(counts).length,
    total: own.length,
  }));
}
