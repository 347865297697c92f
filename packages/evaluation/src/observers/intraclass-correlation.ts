/**
 * The intraclass correlation ICC(2,1): how far single measurements of any readers agree absolutely,
 * with cases and readers both drawn at random (Shrout and Fleiss 1979; its interval, with
 * Satterthwaite's degrees of freedom, as in McGraw and Wong 1996, table 7, ICC(A,1)).
 *
 * The interval covers 95 % where measurements are normal around case and reader; with two or three
 * readers whose bias differs much it covers less, since a variance between three readers is hardly
 * known at all. `observers.test.ts` says how much.
 */
import { fQuantile } from "../distributions/beta.ts";
import { EvaluationError } from "../errors.ts";

export interface IntraclassCorrelation {
  readonly cases: number;
  readonly readers: number;
  /** Null where nothing varies, or there are fewer than two cases or readers. */
  readonly value: number | null;
  readonly interval: readonly [low: number, high: number] | null;
  /** Mean squares of the two-way analysis of variance, in the square of the measurement's unit. */
  readonly meanSquares: {
    readonly cases: number;
    readonly readers: number;
    readonly error: number;
  } | null;
}

/**
 * `measurements` holds a row a case, in it one of each reader; every reader has measured every case.
 *
 * Throws EvaluationError `input` for rows of unlike length and for what is no finite number.
 */
export function intraclassCorrelation(
  measurements: readonly (readonly number[])[],
): IntraclassCorrelation {
  const cases = measurements.length;
  const readers = measurements[0]?.length ?? 0;
  checkTable(measurements, readers);
  const nothing = { cases, readers, value: null, interval: null, meanSquares: null };
  if (cases < 2 || readers < 2) return nothing;
  const meanSquares = twoWayMeanSquares(measurements);
  const { cases: between, readers: columns, error } = meanSquares;
  const spread = between + (readers - 1) * error + (readers / cases) * (columns - error);
  if (!(spread > 0)) return { ...nothing, meanSquares };
  const value = (between - error) / spread;
  if (error === 0 && columns === 0) {
    return { cases, readers, value, interval: [value, value], meanSquares };
  }
  return {
    cases,
    readers,
    value,
    interval: intervalOf(value, meanSquares, cases, readers),
    meanSquares,
  };
}

function intervalOf(
  value: number,
  { cases: between, readers: columns, error }: { cases: number; readers: number; error: number },
  n: number,
  k: number,
): readonly [number, number] {
  const a = (k * value) / (n * (1 - value));
  const b = 1 + (k * value * (n - 1)) / (n * (1 - value));
  const degrees =
    (a * columns + b * error) ** 2 /
    ((a * columns) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1)));
  const noise = k * columns + (k * n - k - n) * error;
  const lowF = fQuantile(0.025, n - 1, degrees);
  const highF = fQuantile(0.025, degrees, n - 1);
  return [
    (n * (between - lowF * error)) / (lowF * noise + n * between),
    (n * (highF * between - error)) / (noise + n * highF * between),
  ];
}

function twoWayMeanSquares(table: readonly (readonly number[])[]) {
  const [n, k] = [table.length, table[0].length];
  const grand = meanOf(table.flat());
  const rows = table.map(meanOf);
  const columns = table[0].map((_, j) => meanOf(table.map((row) => row[j])));
  const squares = (means: readonly number[]) =>
    means.reduce((sum, mean) => sum + (mean - grand) ** 2, 0);
  const residual = table.reduce(
    (sum, row, i) =>
      row.reduce((inRow, value, j) => inRow + (value - rows[i] - columns[j] + grand) ** 2, sum),
    0,
  );
  return {
    cases: (k * squares(rows)) / (n - 1),
    readers: (n * squares(columns)) / (k - 1),
    error: residual / ((n - 1) * (k - 1)),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function checkTable(measurements: readonly (readonly number[])[], readers: number): void {
  for (const [place, row] of measurements.entries()) {
    if (row.length !== readers) {
      throw new EvaluationError(
        "input",
        `intraclassCorrelation: expected ${readers} measurements of every case, got ${row.length} of ` +
          `case ${place}; leave cases out that not everyone has measured`,
      );
    }
    const wrong = row.find((value) => !Number.isFinite(value));
    if (wrong === undefined) continue;
    throw new EvaluationError(
      "input",
      `intraclassCorrelation: expected finite measurements, got ${wrong} of case ${place}`,
    );
  }
}
