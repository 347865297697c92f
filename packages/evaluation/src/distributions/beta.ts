/**
 * The incomplete beta function, and the distributions that are read off it: Student's t, F, its
 * non-central form and the binomial.
 *
 * `student.ts` beside this folder has t's quantile for whole degrees of freedom in closed form, which
 * intervals of many thousand areas need; these are for any degrees of freedom.
 */
import { logGamma } from "./gamma.ts";

/** The share of the beta distribution with the shapes `a` and `b`, above 0, that lies below `x`. */
export function betaShare(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(
    a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b),
  );
  // The fraction converges quickly on this side of the mean alone.
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

/** The chance of a value of Student's t at least as far from 0 as `t`. */
export function studentTails(t: number, degrees: number): number {
  return betaShare(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/** What Student's t is within with the chance `within`, above 0 and below 1, on both sides of 0. */
export function studentWithin(within: number, degrees: number): number {
  return rootOf((t) => studentTails(t, degrees) - (1 - within));
}

/** The chance that F with these degrees of freedom exceeds `f`. */
export function fTail(f: number, numerator: number, denominator: number): number {
  if (f <= 0) return 1;
  return betaShare(denominator / (denominator + numerator * f), denominator / 2, numerator / 2);
}

/** The value that F exceeds with the chance `tail`, above 0 and below 1. */
export function fQuantile(tail: number, numerator: number, denominator: number): number {
  return rootOf((f) => fTail(f, numerator, denominator) - tail);
}

/**
 * The chance that non-central F exceeds `f`: a Poisson mixture of beta distributions (Johnson, Kotz
 * and Balakrishnan 1995, 30.10).
 */
export function nonCentralFTail(
  f: number,
  numerator: number,
  denominator: number,
  nonCentrality: number,
): number {
  if (f <= 0) return 1;
  const x = (numerator * f) / (numerator * f + denominator);
  const half = nonCentrality / 2;
  let [below, seen] = [0, 0];
  for (let j = 0; j < half + 40 * Math.sqrt(half + 25); j++) {
    const weight =
      half === 0 ? Number(j === 0) : Math.exp(j * Math.log(half) - half - logGamma(j + 1));
    below += weight * betaShare(x, numerator / 2 + j, denominator / 2);
    seen += weight;
    if (j > half && 1 - seen < Number.EPSILON) break;
  }
  return Math.max(0, 1 - below);
}

/** The chance of at most `count` successes among `total`, each with the chance `share`. */
export function binomialAtMost(count: number, total: number, share: number): number {
  if (count < 0) return 0;
  return count >= total ? 1 : betaShare(1 - share, total - count, count + 1);
}

/** The chance of exactly `count` successes. */
export function binomialExactly(count: number, total: number, share: number): number {
  if (count < 0 || count > total) return 0;
  if (share === 0 || share === 1) return Number(count === share * total);
  return Math.exp(
    logGamma(total + 1) -
      logGamma(count + 1) -
      logGamma(total - count + 1) +
      count * Math.log(share) +
      (total - count) * Math.log1p(-share),
  );
}

/** Where a falling function of positive numbers is 0. */
function rootOf(falling: (x: number) => number): number {
  let [low, high] = [0, 1];
  while (falling(high) > 0) [low, high] = [high, 2 * high];
  while (high - low > 4 * Number.EPSILON * high) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (falling(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** By its continued fraction (Abramowitz and Stegun 26.5.8), evaluated after Lentz. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 4 * Number.EPSILON) break;
  }
  return fraction;
}

const TINY = 1e-300;

function awayFromZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
