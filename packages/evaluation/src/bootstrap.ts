/**
 * The percentile bootstrap over clusters (Efron 1979; Field and Welsh 2007): whole patients are
 * drawn with replacement, because the views of one are not independent.
 *
 * Which patients a resample holds is a function of the seed and the resample's number alone, so that
 * two statistics of the same patients see the same resamples.
 */

import { philoxInto } from "@malleolus/random";
import type { Estimate } from "@malleolus/schema";
import { EvaluationError } from "./errors.ts";
import { quantile, sorted } from "./summary.ts";

export interface BootstrapOptions {
  /** An integer from 0 to 2^53 - 1. */
  readonly seed: number;
  readonly resamples: number;
}

/**
 * The statistics of all clusters, and of each the 2.5 % and 97.5 % points among the resamples. A
 * resample in which a statistic does not exist (null) does not count for it; where that is more than
 * a tenth of them, there is no interval.
 *
 * @throws EvaluationError `input` for a statistic that is NaN, and for options that are not those.
 */
export function bootstrap<Cluster>(
  clusters: readonly Cluster[],
  statistics: (sample: readonly Cluster[]) => readonly (number | null)[],
  options: BootstrapOptions,
): Estimate[] {
  const whole = statistics(clusters);
  const resampled = resampledStatistics(clusters.length, whole.length, options, (places) =>
    statistics(Array.from(places, (place) => clusters[place])),
  );
  return whole.map((value, i) => estimateOf(value, resampled[i], options, i));
}

/**
 * The same where a cluster that is drawn twice only counts twice: `statistics` is told how often each
 * of the clusters is drawn, by its place, and once each for the values themselves.
 */
export function weightedBootstrap(
  clusters: number,
  statistics: (weights: Uint32Array) => readonly (number | null)[],
  options: BootstrapOptions,
): Estimate[] {
  const { whole, resampled } = weightedResamples(clusters, statistics, options);
  return whole.map((value, i) => estimateOf(value, resampled[i], options, i));
}

/** The statistics themselves, and of each what it is in the resamples in which it exists. */
export function weightedResamples(
  clusters: number,
  statistics: (weights: Uint32Array) => readonly (number | null)[],
  options: BootstrapOptions,
): {
  readonly whole: readonly (number | null)[];
  readonly resampled: readonly (readonly number[])[];
} {
  const whole = statistics(new Uint32Array(clusters).fill(1));
  const weights = new Uint32Array(clusters);
  const resampled = resampledStatistics(clusters, whole.length, options, (places) => {
    weights.fill(0);
    for (let i = 0; i < clusters; i++) weights[places[i]]++;
    return statistics(weights);
  });
  return { whole, resampled };
}

function resampledStatistics(
  clusters: number,
  count: number,
  options: BootstrapOptions,
  statistics: (places: Uint32Array) => readonly (number | null)[],
): number[][] {
  checkOptions(options);
  const { seed, resamples } = options;
  const resampled = Array.from({ length: count }, (): number[] => []);
  const places = new Uint32Array(clusters);
  // Without clusters every resample is the same, and so is the answer.
  for (let resample = 0; clusters > 0 && resample < resamples; resample++) {
    samplePlaces(places, seed, resample);
    for (const [i, value] of statistics(places).entries()) {
      if (value !== null) resampled[i].push(checked(value, i));
    }
  }
  return resampled;
}

function estimateOf(
  value: number | null,
  resampled: readonly number[],
  { resamples }: BootstrapOptions,
  place: number,
): Estimate {
  if (value === null) return { value, interval: null };
  const isEnough = resampled.length > 0 && resampled.length >= 0.9 * resamples;
  return { value: checked(value, place), interval: isEnough ? percentiles(resampled) : null };
}

function checked(value: number, place: number): number {
  if (!Number.isNaN(value)) return value;
  throw new EvaluationError(
    "input",
    `bootstrap: expected a number or null as statistic ${place}, got NaN; give null where it does ` +
      "not exist",
  );
}

function percentiles(values: readonly number[]): readonly [number, number] {
  const ascending = sorted(values);
  return [quantile(ascending, 0.025), quantile(ascending, 0.975)];
}

/** Of as many clusters as there are, the place of each that a resample holds. */
function samplePlaces(places: Uint32Array, seed: number, resample: number): void {
  const words = new Uint32Array(4);
  const [low, high] = [seed >>> 0, Math.floor(seed / 2 ** 32)];
  for (let i = 0; i < places.length; i++) {
    if (i % 4 === 0) philoxInto(words, i / 4, resample, 0, 0, low, high);
    // A word has 32 bits: for 10,000 patients the bias of the product is below 1 in 400,000.
    places[i] = Math.floor((words[i % 4] / 2 ** 32) * places.length);
  }
}

function checkOptions({ seed, resamples }: BootstrapOptions): void {
  if (!(Number.isSafeInteger(seed) && seed >= 0)) {
    throw new EvaluationError(
      "input",
      `bootstrap: expected a seed from 0 to 2^53 - 1, got ${seed}`,
    );
  }
  if (!(Number.isSafeInteger(resamples) && resamples > 0)) {
    throw new EvaluationError(
      "input",
      `bootstrap: expected a whole number of resamples from 1 on, got ${resamples}`,
    );
  }
}
