/**
 * A quantity along the leg, given at a few levels and smooth between them (piecewise cubic with
 * monotone slopes, Fritsch and Carlson 1980: no overshoot); constant beyond the ends.
 */
export type Profile = (level: number) => number;

/** Rows are `[level, value]` with rising levels. */
export function profile(...rows: readonly (readonly [level: number, value: number])[]): Profile {
  const levels = Float64Array.from(rows, ([level]) => level);
  const values = Float64Array.from(rows, ([, value]) => value);
  const last = levels.length - 1;
  const slopes = monotoneSlopes(levels, values);
  const valueAt: Profile = (level) => {
    if (level <= levels[0]) return values[0];
    if (level >= levels[last]) return values[last];
    let i = 0;
    while (level > levels[i + 1]) i++;
    const width = levels[i + 1] - levels[i];
    const t = (level - levels[i]) / width;
    const rise = values[i + 1] - values[i];
    const a = slopes[i] * width;
    const b = slopes[i + 1] * width;
    return values[i] + t * (a + t * (3 * rise - 2 * a - b + t * (a + b - 2 * rise)));
  };
  // Solids are sampled level by level.
  let here = Number.NaN;
  let known = 0;
  return (level) => {
    if (level !== here) {
      known = valueAt(level);
      here = level;
    }
    return known;
  };
}

function monotoneSlopes(levels: Float64Array, values: Float64Array): Float64Array {
  const last = levels.length - 1;
  const secant = (i: number) => (values[i + 1] - values[i]) / (levels[i + 1] - levels[i]);
  const slopes = new Float64Array(last + 1);
  for (let i = 1; i < last; i++) {
    const [before, after] = [secant(i - 1), secant(i)];
    // Harmonic mean: zero at a turning point.
    slopes[i] = before * after <= 0 ? 0 : (2 * before * after) / (before + after);
  }
  if (last > 0) [slopes[0], slopes[last]] = [secant(0), secant(last - 1)];
  return slopes;
}
