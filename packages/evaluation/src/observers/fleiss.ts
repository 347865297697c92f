/**
 * Fleiss' kappa (1971) as a coefficient of patterns, for its interval; `fleissKappa` in `agreement.ts`
 * is its value alone, of rows.
 */
import type { Agreement, Pattern } from "./chance-corrected.ts";

/** Over complete readings of at least two readers; null without cases. */
export function fleissOf(patterns: readonly Pattern[]): Agreement | null {
  const cases = patterns.reduce((sum, pattern) => sum + pattern.cases, 0);
  if (cases === 0) return null;
  const totals = new Map<string | null, number>();
  let observed = 0;
  for (const { readings, cases: own } of patterns) {
    const readers = readings.length;
    let agreeing = 0;
    for (const reading of readings) {
      totals.set(reading, (totals.get(reading) ?? 0) + own / readers / cases);
      agreeing += readings.filter((other) => other === reading).length - 1;
    }
    observed += (own / cases) * (agreeing / (readers * (readers - 1)));
  }
  const shares = [...totals.values()];
  if (shares.length === 1) return { observed: 1, chance: 1 };
  return { observed, chance: shares.reduce((sum, share) => sum + share * share, 0) };
}
