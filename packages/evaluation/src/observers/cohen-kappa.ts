/**
 * Cohen's kappa of two readers (1960), and its weighted form (1968) for grades in an order, where a
 * reading one grade off is not as wrong as one that is three off.
 */
import { EvaluationError } from "../errors.ts";
import {
  type ChanceCorrected,
  chanceCorrected,
  type Pattern,
  type Readings,
} from "./chance-corrected.ts";

/**
 * How much two grades agree: `none` only where they are the same; `linear` and `quadratic` by their
 * distance in the order of the grades, or its square, over the greatest.
 */
export type KappaWeights = "none" | "linear" | "quadratic";

/**
 * Over the cases that both have read. `grades` are all that can be said, in their order where there
 * are weights.
 *
 * @throws EvaluationError `input` for a reading that is none of the grades, and for cases without
 * exactly two readers.
 */
export function cohenKappaOf(
  cases: readonly Readings[],
  grades: readonly string[],
  weights: KappaWeights = "none",
): ChanceCorrected {
  const placeOf = placesOf(grades);
  checkPairs(cases, placeOf);
  const agree = agreementWeights(grades.length, weights);
  return chanceCorrected(cases, (patterns) => {
    const counts = countPairs(patterns, placeOf);
    const total = counts.flat().reduce((sum, count) => sum + count, 0);
    if (total === 0) return null;
    const first = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
    const second = grades.map((_, j) => counts.reduce((sum, row) => sum + row[j], 0));
    const mean = (weightOf: (i: number, j: number) => number) =>
      agree.reduce(
        (sum, row, i) => row.reduce((inRow, weight, j) => inRow + weight * weightOf(i, j), sum),
        0,
      );
    return {
      observed: mean((i, j) => counts[i][j] / total),
      chance: mean((i, j) => (first[i] / total) * (second[j] / total)),
    };
  });
}

function agreementWeights(grades: number, weights: KappaWeights): number[][] {
  const furthest = Math.max(1, grades - 1);
  return Array.from({ length: grades }, (_, i) =>
    Array.from({ length: grades }, (__, j) => {
      const distance = Math.abs(i - j) / furthest;
      if (weights === "none") return i === j ? 1 : 0;
      return 1 - (weights === "linear" ? distance : distance ** 2);
    }),
  );
}

function countPairs(
  patterns: readonly Pattern[],
  placeOf: ReadonlyMap<string | null, number>,
): number[][] {
  const counts = [...placeOf].map(() => [...placeOf].map(() => 0));
  for (const { readings, cases } of patterns) {
    const [first, second] = readings.map((reading) => placeOf.get(reading) ?? 0);
    counts[first][second] += cases;
  }
  return counts;
}

function placesOf(grades: readonly string[]): ReadonlyMap<string | null, number> {
  return new Map(grades.map((grade, place) => [grade, place]));
}

function checkPairs(cases: readonly Readings[], placeOf: ReadonlyMap<string | null, number>): void {
  for (const [place, readings] of cases.entries()) {
    if (readings.length !== 2) {
      throw new EvaluationError(
        "input",
        `cohenKappaOf: expected two readings of every case, got ${readings.length} of case ${place}`,
      );
    }
    const unknown = readings.find((reading) => reading !== null && !placeOf.has(reading));
    if (unknown === undefined) continue;
    throw new EvaluationError(
      "input",
      `cohenKappaOf: expected one of ${[...placeOf.keys()].join(", ")}, got "${unknown}" of case ${place}`,
    );
  }
}
