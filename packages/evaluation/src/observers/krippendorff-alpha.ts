/**
 * Krippendorff's alpha (Hayes and Krippendorff 2007): agreement of any number of readers, of whom not
 * all need to have read every case.
 *
 * `nominal`: readings are the same or not. `ordinal`: they are grades in an order, and the distance of
 * two of them is the number of readings between them, squared.
 */
import { EvaluationError } from "../errors.ts";
import {
  type ChanceCorrected,
  chanceCorrected,
  type Pattern,
  type Readings,
} from "./chance-corrected.ts";

export type AlphaLevel = "nominal" | "ordinal";

/**
 * Over the cases that at least two have read. `grades` are all that can be said, in their order for
 * the ordinal level.
 *
 * @throws EvaluationError `input` for a reading that is none of the grades.
 */
export function krippendorffAlpha(
  cases: readonly Readings[],
  grades: readonly string[],
  level: AlphaLevel,
): ChanceCorrected {
  const placeOf = new Map<string | null, number>(grades.map((grade, place) => [grade, place]));
  for (const [place, readings] of cases.entries()) {
    const unknown = readings.find((reading) => reading !== null && !placeOf.has(reading));
    if (unknown === undefined) continue;
    throw new EvaluationError(
      "input",
      `krippendorffAlpha: expected one of ${grades.join(", ")}, got "${unknown}" of case ${place}`,
    );
  }
  const counted = (readings: Readings) =>
    readings.flatMap((reading) => (reading === null ? [] : [placeOf.get(reading) ?? 0]));
  return chanceCorrected(
    cases,
    (patterns) => agreementOf(coincidences(patterns, counted, grades.length), level),
    (readings) => counted(readings).length >= 2,
  );
}

/** How often two grades are given to one case by two readers, each case weighing as its readings. */
function coincidences(
  patterns: readonly Pattern[],
  counted: (readings: Readings) => number[],
  grades: number,
): number[][] {
  const table = Array.from({ length: grades }, () => new Array<number>(grades).fill(0));
  for (const { readings, cases } of patterns) {
    const places = counted(readings);
    for (const [i, one] of places.entries()) {
      for (const [j, other] of places.entries()) {
        if (i !== j) table[one][other] += cases / (places.length - 1);
      }
    }
  }
  return table;
}

function agreementOf(table: readonly (readonly number[])[], level: AlphaLevel) {
  const totals = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const all = totals.reduce((sum, count) => sum + count, 0);
  if (all === 0) return null;
  const distance = distances(totals, level);
  const furthest = Math.max(...distance.flat());
  // All readings are alike, so that nothing can be said of what chance would do.
  if (furthest === 0) return { observed: 1, chance: 1 };
  let [observed, expected] = [0, 0];
  for (const [i, row] of table.entries()) {
    for (const [j, count] of row.entries()) {
      observed += (count * distance[i][j]) / furthest / all;
      expected += (totals[i] * totals[j] * distance[i][j]) / furthest / (all * (all - 1));
    }
  }
  return { observed: 1 - observed, chance: 1 - expected };
}

function distances(totals: readonly number[], level: AlphaLevel): number[][] {
  return totals.map((_, i) =>
    totals.map((__, j) => {
      const [from, to] = [Math.min(i, j), Math.max(i, j)];
      if (totals[from] === 0 || totals[to] === 0 || from === to) return 0;
      if (level === "nominal") return 1;
      const between = totals.slice(from, to + 1).reduce((sum, count) => sum + count, 0);
      return (between - (totals[from] + totals[to]) / 2) ** 2;
    }),
  );
}
