/** What experiments sum figures up by. Not started by hand. */

/** Null of none. */
export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, one) => sum + one, 0) / values.length;
}

/** Null of none. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const ascending = values.toSorted((a, b) => a - b);
  const middle = Math.floor(ascending.length / 2);
  return ascending.length % 2 === 1
    ? ascending[middle]
    : (ascending[middle - 1] + ascending[middle]) / 2;
}

/** Of every column, that features be standardised; `least` is added to a deviation, since one that is nearly 0 tells nothing. */
export function columnMoments(
  rows: readonly Float32Array[],
  least: number,
): { readonly means: Float64Array; readonly deviations: Float64Array } {
  const width = rows[0]?.length ?? 0;
  const [means, deviations] = [new Float64Array(width), new Float64Array(width)];
  for (const row of rows) for (let k = 0; k < width; k++) means[k] += row[k] / rows.length;
  for (const row of rows) {
    for (let k = 0; k < width; k++) deviations[k] += (row[k] - means[k]) ** 2 / rows.length;
  }
  return { means, deviations: deviations.map((variance) => Math.sqrt(variance) + least) };
}
