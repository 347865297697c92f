/**
 * Student's t where the degrees of freedom may be so many, or none at all, that it is the normal
 * distribution: `null` stands for a statistic that is normal by its nature.
 */
import { studentTails, studentWithin } from "../distributions/beta.ts";
import { NORMAL_95, twoSidedP } from "../normal.ts";

/** What it is within in 95 of 100, on both sides of 0. */
export function studentQuantile95(degrees: number | null): number {
  return degrees === null || isNearlyNormal(degrees) ? NORMAL_95 : studentWithin(0.95, degrees);
}

/** Two-sided. */
export function studentTailsOf(statistic: number, degrees: number | null): number {
  return degrees === null || isNearlyNormal(degrees)
    ? twoSidedP(statistic)
    : studentTails(statistic, degrees);
}

/** With so many degrees of freedom, rounding's included, t is the normal distribution to six digits. */
export function isNearlyNormal(degrees: number): boolean {
  return degrees > 1_000_000;
}
