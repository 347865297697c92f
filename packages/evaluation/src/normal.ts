/** The standard normal distribution, as far as intervals and tests need it. */

/** The quantile of a two-sided 95 % interval. */
export const NORMAL_95 = 1.959963984540054;

/** The chance of a standard normal value at least as far from 0 as `z`. */
export function twoSidedP(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  return x < 2 ? 1 - errorFunction(x) : complementaryErrorFunction(x);
}

/** erf by its series (Abramowitz and Stegun 7.1.6), for small x: every term is positive. */
function errorFunction(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * Number.EPSILON; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** erfc by its continued fraction (Abramowitz and Stegun 7.1.14), for x of at least 2. */
function complementaryErrorFunction(x: number): number {
  let fraction = x;
  for (let n = CONTINUED_TERMS; n > 0; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}

/** From x = 2 on, more change nothing in double precision. */
const CONTINUED_TERMS = 100;

/** The standard normal value below which the share `below` lies, above 0 and below 1. */
export function normalQuantile(below: number): number {
  const tail = Math.min(below, 1 - below);
  // The tail falls with the value: halved until nothing is left to halve.
  let [low, high] = [0, 40];
  while (high - low > 4 * Number.EPSILON * high) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (twoSidedP(middle) / 2 > tail) low = middle;
    else high = middle;
  }
  return below < 0.5 ? -(low + high) / 2 : (low + high) / 2;
}
