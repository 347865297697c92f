/** Mean, spread and middle of some numbers. */

export interface Summary {
  readonly count: number;
  /** Null without numbers, as is the median. */
  readonly mean: number | null;
  /** With n - 1; null for fewer than two numbers. */
  readonly sd: number | null;
  readonly median: number | null;
}

export function summaryOf(values: readonly number[]): Summary {
  const mean = meanOf(values);
  const count = values.length;
  if (mean === null) return { count, mean, sd: null, median: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    count,
    mean,
    sd: count < 2 ? null : Math.sqrt(squares / (count - 1)),
    median: medianOf(values),
  };
}

export function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function medianOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : quantile(sorted(values), 0.5);
}

/** Between neighbours by linear interpolation: R's type 7, and numpy's default. */
export function quantile(ascending: ArrayLike<number>, share: number): number {
  const place = (ascending.length - 1) * share;
  const below = Math.floor(place);
  const above = Math.min(below + 1, ascending.length - 1);
  return ascending[below] + (ascending[above] - ascending[below]) * (place - below);
}

/** In a typed array, which sorts numbers as numbers, and faster. */
export function sorted(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}
