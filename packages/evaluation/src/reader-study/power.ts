/**
 * How likely a next reader study with so many readers and cases is to show a difference, from the
 * variances of one that was done (Hillis, Obuchowski and Berbaum 2011, Academic Radiology 18:129).
 *
 * The next study's cases are taken to be as mixed and as hard as those before. Variances of a small
 * pilot are hardly known themselves: what comes out is a plan, not a promise.
 */
import { fQuantile, nonCentralFTail } from "../distributions/beta.ts";
import { EvaluationError } from "../errors.ts";
import { NORMAL_95, twoSidedP } from "../normal.ts";
import type { VarianceComponents } from "./obuchowski-rockette.ts";

export type StudyQuestion = "random readers and cases" | "fixed readers" | "fixed cases";

export interface Pilot {
  readonly components: VarianceComponents;
  /** Of both kinds together. */
  readonly cases: number;
}

export interface PlannedStudy {
  readonly readers: number;
  readonly cases: number;
  /** Between two conditions, of their areas averaged over the readers. */
  readonly difference: number;
  readonly question: StudyQuestion;
}

/**
 * The chance that the test of the difference has a p of at most 0.05.
 *
 * @throws EvaluationError `input` for fewer than two readers or cases, and for a pilot without error.
 */
export function readerStudyPower(
  { components, cases: pilotCases }: Pilot,
  { readers, cases, difference, question }: PlannedStudy,
): number {
  if (!(readers >= 2 && cases >= 2 && pilotCases >= 2)) {
    throw new EvaluationError(
      "input",
      `readerStudyPower: expected at least two readers and cases, got ${readers} readers, ${cases} ` +
        `cases and a pilot of ${pilotCases}`,
    );
  }
  const { error, sameReader, sameCondition, neitherSame } = components;
  const scale = pilotCases / cases;
  const shared = scale * Math.max(sameCondition - neitherSame, 0);
  const own = scale * (error - sameReader);
  const conditionByReader = Math.max(components.conditionByReader, 0);
  const square = conditionByReader + own - shared;
  const spreads: Readonly<Record<StudyQuestion, number>> = {
    "random readers and cases": square + readers * shared,
    "fixed readers": own + (readers - 1) * shared,
    "fixed cases": square,
  };
  const spread = spreads[question];
  if (!(spread > 0)) {
    throw new EvaluationError(
      "input",
      "readerStudyPower: expected a pilot in which areas vary, got one without variance",
    );
  }
  const nonCentrality = (readers * difference ** 2) / 2 / spread;
  if (question === "fixed readers") {
    const shift = Math.sqrt(nonCentrality);
    return upperTail(NORMAL_95 - shift) + upperTail(NORMAL_95 + shift);
  }
  const degrees =
    question === "fixed cases"
      ? readers - 1
      : Math.min(NEARLY_NORMAL, spread ** 2 / (square ** 2 / (readers - 1)));
  return nonCentralFTail(fQuantile(0.05, 1, degrees), 1, degrees, nonCentrality);
}

/**
 * The fewest cases with which the power is at least `power`; null where more cases do not help, since
 * the readers differ too much.
 */
export function casesForPower(
  pilot: Pilot,
  planned: Omit<PlannedStudy, "cases">,
  power: number,
): number | null {
  return fewestCases((cases) => readerStudyPower(pilot, { ...planned, cases }) >= power);
}

/** The fewest cases that reach what more of them reach, too; null where no study's number does. */
export function fewestCases(reaches: (cases: number) => boolean): number | null {
  let high = 4;
  while (!reaches(high)) {
    if (high > MOST_CASES) return null;
    high *= 2;
  }
  let low = 2;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (reaches(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}

/** With so many degrees of freedom F is chi-square to six digits. */
const NEARLY_NORMAL = 1_000_000;

/** No reader study has more, and what they do not settle, more of them do not. */
const MOST_CASES = 100_000;

function upperTail(z: number): number {
  const outside = twoSidedP(z) / 2;
  return z >= 0 ? outside : 1 - outside;
}
