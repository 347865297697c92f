/**
 * Whether two samples come from one distribution, whatever it is: the greatest distance of their distribution
 * functions (Kolmogorov 1933, Smirnov 1939), with the limit's p of many observations. Ties make it cautious.
 */
import { EvaluationError } from "../errors.ts";

export interface SampleDistance {
  /** 0 for the same values, 1 for samples that do not overlap. */
  readonly distance: number;
  /** Of so great a distance between samples of one distribution. */
  readonly p: number;
}

/** The limit is no guide to fewer. */
const LEAST_OBSERVATIONS = 20;

/**
 * Null where one has fewer than 20 observations.
 *
 * @throws EvaluationError `input` for what is no number.
 */
export function kolmogorovSmirnov(
  first: readonly number[],
  second: readonly number[],
): SampleDistance | null {
  if (![...first, ...second].every(Number.isFinite)) {
    throw new EvaluationError(
      "input",
      "kolmogorovSmirnov: expected numbers, got others among them",
    );
  }
  if (Math.min(first.length, second.length) < LEAST_OBSERVATIONS) return null;
  const distance = greatestDistance(
    first.toSorted((a, b) => a - b),
    second.toSorted((a, b) => a - b),
  );
  const [n, m] = [first.length, second.length];
  return { distance, p: survival(distance * Math.sqrt((n * m) / (n + m))) };
}

function greatestDistance(first: readonly number[], second: readonly number[]): number {
  let [i, j, greatest] = [0, 0, 0];
  while (i < first.length && j < second.length) {
    const value = Math.min(first[i], second[j]);
    // All that are tied, of both, before the functions are held against one another.
    while (i < first.length && first[i] <= value) i++;
    while (j < second.length && second[j] <= value) j++;
    greatest = Math.max(greatest, Math.abs(i / first.length - j / second.length));
  }
  return greatest;
}

/** That Kolmogorov's variable exceeds this. */
export function survival(value: number): number {
  if (value < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * (k * value) ** 2);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-17) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}
