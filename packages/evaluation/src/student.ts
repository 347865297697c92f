/** Student's t distribution, as far as intervals from few patients need it. */
import { NORMAL_95 } from "./normal.ts";

/** From so many degrees of freedom on, the quantile is the normal one to six digits. */
const NEARLY_NORMAL = 1_000_000;

/**
 * The quantile of a two-sided 95 % interval, at least that of the normal distribution. Degrees of
 * freedom are whole and at least one.
 */
export function studentQuantile95(degrees: number): number {
  if (degrees >= NEARLY_NORMAL) return NORMAL_95;
  // 12.71 is that of one degree.
  let [low, high] = [NORMAL_95, 13];
  while (high - low > 4 * Number.EPSILON * high) {
    const middle = (low + high) / 2;
    if (withinChance(middle, degrees) < 0.95) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The chance of a value between -t and t (Abramowitz and Stegun 26.7.3 and 26.7.4). */
function withinChance(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let n = isOdd ? 3 : 2; n < degrees; n += 2) {
    term *= (cosine * cosine * (n - 1)) / n;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}
