/** The share of some in all, with Wilson's 95 % interval (Wilson 1927). */
import type { Proportion } from "@malleolus/schema";

/** The standard normal quantile of a two-sided 95 % interval. */
const Z = 1.959963984540054;

/**
 * With Wilson's 95 % interval, which holds the share: at none and at all it ends there.
 *
 * @throws RangeError for counts that are none: `count` beyond `total`, a part of one, no number.
 */
export function proportionOf(count: number, total: number): Proportion {
  const areCounts = Number.isSafeInteger(count) && Number.isSafeInteger(total);
  if (!(areCounts && count >= 0 && count <= total)) {
    throw new RangeError(`proportionOf: expected counts, some of all, got ${count} of ${total}`);
  }
  if (total === 0) return { count, total, share: null, interval: null };
  const share = count / total;
  const squared = Z * Z;
  const center = (share + squared / (2 * total)) / (1 + squared / total);
  const half =
    (Z / (1 + squared / total)) *
    Math.sqrt((share * (1 - share)) / total + squared / (4 * total * total));
  return {
    count,
    total,
    share,
    // At the ends, rounding alone would leave the share outside.
    interval: [count === 0 ? 0 : center - half, count === total ? 1 : center + half],
  };
}
