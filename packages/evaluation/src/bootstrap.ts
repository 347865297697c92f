/**
 * The percentile bootstrap over clusters (Efron 1979; Field and Welsh 2007): whole patients are
 * drawn with replacement, because the views of one are not independent.
 *
 * Which patients a resample holds is a function of the seed and the resample's number alone, so that
 * two statistics of the same patients see the same resamples.
 */
import { philox4x32 } from "./philox.ts";
import { quantile, sorted } from "./summary.ts";

export interface BootstrapOptions {
  /** An integer from 0 to 2^53 - 1. */
  readonly seed: number;
  readonly resamples: number;
}

/** A value with its 95 % interval; null where there is nothing to compute it from. */
export interface Estimate {
  readonly value: number | null;
  readonly interval: readonly [low: number, high: number] | null;
}

/**
 * The statistics of all clusters, and of each the 2.5 % and 97.5 % points among the resamples. A
 * resample in which a statistic does not exist (null) does not count for it; where that is more than
 * a tenth of them, there is no interval.
 */
export function bootstrap<Cluster>(
  clusters: readonly Cluster[],
  statistics: (sample: readonly Cluster[]) => readonly (number | null)[],
  { seed, resamples }: BootstrapOptions,
): Estimate[] {
  const whole = statistics(clusters);
  const drawn = whole.map((): number[] => []);
  // Without clusters every resample is the same, and so is the answer.
  for (let resample = 0; clusters.length > 0 && resample < resamples; resample++) {
    for (const [i, value] of statistics(resampled(clusters, seed, resample)).entries()) {
      if (value !== null) drawn[i].push(value);
    }
  }
  return whole.map((value, i) => ({
    value,
    interval:
      value !== null && drawn[i].length > 0 && drawn[i].length >= 0.9 * resamples
        ? percentiles(drawn[i])
        : null,
  }));
}

function percentiles(values: readonly number[]): readonly [number, number] {
  const ascending = sorted(values);
  return [quantile(ascending, 0.025), quantile(ascending, 0.975)];
}

/** As many clusters as there are, each drawn from all of them. */
function resampled<Cluster>(
  clusters: readonly Cluster[],
  seed: number,
  resample: number,
): Cluster[] {
  const key = [seed >>> 0, Math.floor(seed / 2 ** 32)] as const;
  const sample: Cluster[] = [];
  for (let block = 0; sample.length < clusters.length; block++) {
    for (const word of philox4x32([block, resample, 0, 0], key)) {
      if (sample.length === clusters.length) break;
      // A word has 32 bits: for 10,000 patients the bias of the product is below 1 in 400,000.
      sample.push(clusters[Math.floor((word / 2 ** 32) * clusters.length)]);
    }
  }
  return sample;
}
