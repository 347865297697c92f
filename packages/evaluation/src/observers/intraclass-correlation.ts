/**
 * The intraclass correlation ICC(2,1): how far single measurements of any readers agree absolutely,
 * with cases and readers both drawn at random (Shrout and Fleiss 1979).
 *
 * The usual interval (McGraw and Wong 1996, table 7, ICC(A,1)) takes what is known of the variance
 * between readers for granted: of three readers whose bias is as great as their noise it holds the truth
 * in 90 % with 25 cases and in 81 % with 100. It is there as `fInterval`, since other programs print it.
 * `interval` is the generalised one (Weerahandi 1993; Ionan et al. 2014, Statistics in Medicine
 * 33:4331): the mean squares over random values of their distributions, and of what these give the
 * middle 95 %. It holds the truth in 94 to 97 % with three readers and 25 or 100 cases
 * (`experiments/coverage-of-agreement.ts`).
 */

import { philox4x32 } from "@malleolus/random";
import { fQuantile } from "../distributions/beta.ts";
import { chiSquareQuantile } from "../distributions/gamma.ts";
import { EvaluationError } from "../errors.ts";
import { quantile } from "../summary.ts";

export interface IntraclassCorrelation {
  readonly cases: number;
  readonly readers: number;
  /** Null where nothing varies, or there are fewer than two cases or readers. */
  readonly value: number | null;
  readonly interval: readonly [low: number, high: number] | null;
  /** McGraw and Wong's, from F; narrower than it ought to be with few readers. */
  readonly fInterval: readonly [low: number, high: number] | null;
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
 * @throws EvaluationError `input` for rows of unlike length and for what is no finite number.
 */
export function intraclassCorrelation(
  measurements: readonly (readonly number[])[],
): IntraclassCorrelation {
  const cases = measurements.length;
  const readers = measurements[0]?.length ?? 0;
  checkTable(measurements, readers);
  const nothing = {
    cases,
    readers,
    value: null,
    interval: null,
    fInterval: null,
    meanSquares: null,
  };
  if (cases < 2 || readers < 2) return nothing;
  const meanSquares = twoWayMeanSquares(measurements);
  const { cases: between, readers: columns, error } = meanSquares;
  const spread = between + (readers - 1) * error + (readers / cases) * (columns - error);
  if (!(spread > 0)) return { ...nothing, meanSquares };
  const value = (between - error) / spread;
  if (error === 0 && columns === 0) {
    return {
      cases,
      readers,
      value,
      interval: [value, value],
      fInterval: [value, value],
      meanSquares,
    };
  }
  return {
    cases,
    readers,
    value,
    interval: generalizedInterval(meanSquares, cases, readers),
    fInterval: fIntervalOf(value, meanSquares, cases, readers),
    meanSquares,
  };
}

/** So many values that the ends move by less than a hundredth between seeds. */
const VALUES = 2000;

type MeanSquares = NonNullable<IntraclassCorrelation["meanSquares"]>;

function generalizedInterval(
  { cases: between, readers: columns, error }: MeanSquares,
  n: number,
  k: number,
): readonly [number, number] {
  const sums = [
    { square: between, degrees: n - 1 },
    { square: columns, degrees: k - 1 },
    { square: error, degrees: (n - 1) * (k - 1) },
  ].map((one) => ({ ...one, value: chiSquareTable(one.degrees) }));
  const values = Array.from({ length: VALUES }, (_, i) => {
    const words = philox4x32([i, 0, 0, 0], [1, 0]);
    const [cases, readers, noise] = sums.map(
      ({ square, degrees, value }, which) =>
        (square * degrees) / value((words[which] + 0.5) / 2 ** 32),
    );
    const ofCases = Math.max(0, (cases - noise) / k);
    const ofReaders = Math.max(0, (readers - noise) / n);
    return ofCases / (ofCases + ofReaders + noise);
  });
  const ascending = Float64Array.from(values).sort();
  return [quantile(ascending, 0.025), quantile(ascending, 0.975)];
}

const TABLE = 400;

/** Chi-square's quantile by a table, straight between its places: what is random need not be exact. */
function chiSquareTable(degrees: number): (tail: number) => number {
  const places = Array.from({ length: TABLE }, (_, i) =>
    chiSquareQuantile((i + 0.5) / TABLE, degrees),
  );
  return (tail) => {
    const place = tail * TABLE - 0.5;
    // Beyond the table's ends the tails themselves.
    if (place < 0 || place > TABLE - 1) return chiSquareQuantile(tail, degrees);
    const below = Math.min(TABLE - 2, Math.floor(place));
    return places[below] + (places[below + 1] - places[below]) * (place - below);
  };
}

function fIntervalOf(
  value: number,
  { cases: between, readers: columns, error }: MeanSquares,
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
