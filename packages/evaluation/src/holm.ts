/**
 * Several tests at once: p values after Holm 1979, for which the chance of any false difference among
 * them stays below the level at which they are read.
 */
import { EvaluationError } from "./errors.ts";

/** In the same order; null where there is none, which counts as no test. */
export function holmAdjusted(values: readonly (number | null)[]): (number | null)[] {
  const wrong = values.find((p) => p !== null && !(p >= 0 && p <= 1));
  if (wrong !== undefined) {
    throw new EvaluationError("input", `holmAdjusted: expected p values from 0 to 1, got ${wrong}`);
  }
  const order = values
    .flatMap((p, place) => (p === null ? [] : [{ p, place }]))
    .toSorted((a, b) => a.p - b.p);
  const adjusted = values.map((): number | null => null);
  let highest = 0;
  for (const [rank, { p, place }] of order.entries()) {
    highest = Math.max(highest, Math.min(1, p * (order.length - rank)));
    adjusted[place] = highest;
  }
  return adjusted;
}
