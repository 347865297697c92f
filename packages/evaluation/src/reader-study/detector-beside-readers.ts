/**
 * A detector beside several readers of the same cases: does it differ from what such readers reach on
 * average, other readers and other cases included? The analysis of Obuchowski and Rockette for one
 * condition, of the differences between the detector's area and each reader's (Chakraborty 2017, Observer
 * Performance Methods for Diagnostic Imaging, chapter 22).
 *
 * What it is not: a study of readers with the detector's help; that has two conditions, and is
 * `obuchowski-rockette.ts`.
 */
import type { Auc } from "@malleolus/schema";
import { fQuantile, nonCentralFTail } from "../distributions/beta.ts";
import { EvaluationError } from "../errors.ts";
import { aucOf, type Placements, placements } from "../roc.ts";
import { aucCovariances } from "./auc-covariance.ts";
import { studentQuantile95, studentTailsOf } from "./nearly-normal.ts";

export interface ReadCases {
  readonly positive: readonly boolean[];
  /** Higher for likelier positive. */
  readonly detector: readonly number[];
  /** `[readers][cases]`: everyone has read everything. */
  readonly readers: readonly (readonly number[])[];
}

export interface DetectorBesideReaders {
  readonly positives: number;
  readonly negatives: number;
  readonly detector: Auc;
  /** In the order given. */
  readonly readers: readonly Auc[];
  readonly readersMean: MeanOverReaders;
  /** Of the detector less the readers' mean. */
  readonly difference: MeanOverReaders;
  /** Two-sided, for no difference; null where nothing varies. */
  readonly p: number | null;
  /** Of the differences, for the plan of a next study. */
  readonly variance: DifferenceVariance;
}

/** With an interval for other readers of other cases. */
export interface MeanOverReaders {
  readonly value: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  readonly interval: readonly [low: number, high: number];
}

export interface DifferenceVariance {
  /** Between readers, on the same cases; an estimate, which may be below 0. */
  readonly reader: number;
  /** Of one reader's, over cases, and what two readers' have of it in common. */
  readonly error: number;
  readonly shared: number;
  readonly cases: number;
}

/**
 * Null with fewer than two readers, positives or negatives.
 *
 * @throws EvaluationError `input` for lists of unlike length, and as `aucOf`.
 */
export function detectorBesideReaders({
  positive,
  detector,
  readers,
}: ReadCases): DetectorBesideReaders | null {
  for (const scores of [detector, ...readers]) {
    if (scores.length === positive.length) continue;
    throw new EvaluationError(
      "input",
      `detectorBesideReaders: expected a score of each of ${positive.length} cases, got ` +
        `${scores.length}; leave out cases that somebody has not read`,
    );
  }
  const positives = positive.filter(Boolean).length;
  const negatives = positive.length - positives;
  if (readers.length < 2 || positives < 2 || negatives < 2) return null;
  const all = [detector, ...readers];
  const [own, ...theirs] = aucCovariances(
    all.map((scores) => placed(scores, positive)),
    "delong",
  );
  const [detectorArea, ...areas] = all.map((scores) => areaOf(scores, positive));
  const between = theirs.map((row) => row.slice(1));
  const ofDifferences = between.map((row, j) =>
    row.map((value, k) => own[0] - own[j + 1] - own[k + 1] + value),
  );
  const differences = areas.map(({ auc }) => detectorArea.auc - auc);
  const difference = meanOver(differences, ofDifferences);
  const readersMean = meanOver(
    areas.map(({ auc }) => auc),
    between,
  );
  const { value, standardError, degreesOfFreedom } = difference;
  const { error, shared } = partsOf(ofDifferences);
  return {
    positives,
    negatives,
    detector: detectorArea,
    readers: areas,
    readersMean: { ...readersMean, interval: within(readersMean.interval, 0) },
    difference: { ...difference, interval: within(difference.interval, -1) },
    p: standardError === 0 ? null : studentTailsOf(value / standardError, degreesOfFreedom),
    variance: {
      reader: squareOf(differences) - error + shared,
      error,
      shared: Math.max(0, shared),
      cases: positive.length,
    },
  };
}

/**
 * The chance that a next study of so many readers and cases, as mixed and as hard as these, shows a
 * difference of this size with a p of at most 0.05.
 *
 * @throws EvaluationError `input` for fewer than two readers or cases, and where nothing varies.
 */
export function powerBesideReaders(
  { reader, error, shared, cases: pilot }: DifferenceVariance,
  { readers, cases, difference }: PlannedComparison,
): number {
  const scale = pilot / cases;
  const square = Math.max(0, reader) + scale * Math.max(0, error - shared);
  const spread = square + readers * scale * shared;
  if (!(readers >= 2 && cases >= 2 && spread > 0)) {
    throw new EvaluationError(
      "input",
      "powerBesideReaders: expected at least two readers and cases, and areas that vary, got " +
        `${readers} readers, ${cases} cases and a spread of ${spread}`,
    );
  }
  const degrees = Math.min(NEARLY_NORMAL, (readers - 1) * (spread / square) ** 2);
  const nonCentrality = (readers * difference ** 2) / spread;
  return nonCentralFTail(fQuantile(0.05, 1, degrees), 1, degrees, nonCentrality);
}

export interface PlannedComparison {
  readonly readers: number;
  readonly cases: number;
  readonly difference: number;
}

/** With so many degrees of freedom F is chi-square to six digits. */
const NEARLY_NORMAL = 1_000_000;

function placed(scores: readonly number[], positive: readonly boolean[]): Placements {
  return placements(scores, positive) ?? oneKind();
}

function areaOf(scores: readonly number[], positive: readonly boolean[]): Auc {
  return aucOf(scores, positive) ?? oneKind();
}

function oneKind(): never {
  throw new Error("internal: readers of one kind of case");
}

function meanOver(
  values: readonly number[],
  covariances: readonly (readonly number[])[],
): MeanOverReaders {
  const count = values.length;
  const square = squareOf(values);
  const spread = square + count * Math.max(0, partsOf(covariances).shared);
  const value = mean(values);
  const standardError = Math.sqrt(spread / count);
  const degreesOfFreedom =
    square === 0 ? Number.POSITIVE_INFINITY : (count - 1) * (spread / square) ** 2;
  const reach = studentQuantile95(degreesOfFreedom) * standardError;
  return { value, standardError, degreesOfFreedom, interval: [value - reach, value + reach] };
}

/** The mean variance of one reader, and the mean covariance of two. */
function partsOf(covariances: readonly (readonly number[])[]) {
  const own = covariances.map((row, j) => row[j]);
  const others = covariances.flatMap((row, j) => row.filter((_, k) => k !== j));
  return { error: mean(own), shared: mean(others) };
}

/** The variance of values, with n - 1. */
function squareOf(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}

function within(
  [low, high]: readonly [number, number],
  least: number,
): readonly [low: number, high: number] {
  return [Math.max(least, low), Math.min(1, high)];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
