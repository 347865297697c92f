/**
 * Statistics of things that count more than once, as a resample draws them: each of the values is
 * looked at once, whatever its weight, so that thousands of resamples of thousands of patients take
 * seconds. What can be sorted is sorted once.
 */

/** Some values, and whose each is: its weight is that of its cluster. */
export interface ClusteredValues {
  /** From the least on. */
  readonly ascending: Float64Array;
  /** By value, the place of its cluster among the weights. */
  readonly clusters: Uint32Array;
}

/** `clusterOf` by value, in the order of the values. */
export function clusteredValues(
  values: readonly number[],
  clusterOf: readonly number[],
): ClusteredValues {
  const order = values.map((_, i) => i).toSorted((a, b) => values[a] - values[b]);
  return {
    ascending: Float64Array.from(order, (i) => values[i]),
    clusters: Uint32Array.from(order, (i) => clusterOf[i]),
  };
}

/** Null where nothing has a weight. */
export function weightedMean(
  { ascending, clusters }: ClusteredValues,
  weights: Uint32Array,
): number | null {
  let [sum, count] = [0, 0];
  for (let i = 0; i < ascending.length; i++) {
    const weight = weights[clusters[i]];
    sum += ascending[i] * weight;
    count += weight;
  }
  return count === 0 ? null : sum / count;
}

/** Of the values, each as often as its weight says; between two middle ones, half-way. */
export function weightedMedian(
  { ascending, clusters }: ClusteredValues,
  weights: Uint32Array,
): number | null {
  let count = 0;
  for (const cluster of clusters) count += weights[cluster];
  if (count === 0) return null;
  const [below, above] = [Math.floor((count - 1) / 2), Math.ceil((count - 1) / 2)];
  let [passed, lower] = [0, Number.NaN];
  for (let i = 0; i < ascending.length; i++) {
    const weight = weights[clusters[i]];
    if (passed <= below && below < passed + weight) lower = ascending[i];
    if (passed <= above && above < passed + weight) return (lower + ascending[i]) / 2;
    passed += weight;
  }
  throw new Error("internal: a median beyond the last value");
}

/** Scores of clusters, sorted once, with what is positive. */
export interface RankedScores extends ClusteredValues {
  /** By score, 1 for a positive. */
  readonly positive: Uint8Array;
}

/** One cluster a score. */
export function rankedScores(
  scores: readonly number[],
  positive: readonly boolean[],
): RankedScores {
  const ranked = clusteredValues(
    scores,
    scores.map((_, i) => i),
  );
  return { ...ranked, positive: Uint8Array.from(ranked.clusters, (i) => (positive[i] ? 1 : 0)) };
}

/** The area under the curve, ties half; null without positives or negatives. */
export function weightedArea(
  { ascending, clusters, positive }: RankedScores,
  weights: Uint32Array,
): number | null {
  let [positives, negatives, wins] = [0, 0, 0];
  // Of the scores that are equal to the one that is looked at.
  let [own, others] = [0, 0];
  for (let i = 0; i < ascending.length; i++) {
    if (i > 0 && ascending[i] !== ascending[i - 1]) {
      wins += own * (negatives + others / 2);
      positives += own;
      negatives += others;
      own = 0;
      others = 0;
    }
    const weight = weights[clusters[i]];
    if (positive[i] === 1) own += weight;
    else others += weight;
  }
  wins += own * (negatives + others / 2);
  positives += own;
  negatives += others;
  return positives === 0 || negatives === 0 ? null : wins / (positives * negatives);
}
