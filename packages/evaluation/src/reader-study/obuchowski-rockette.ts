/**
 * The analysis of a reader study by Obuchowski and Rockette (1995, Communications in Statistics B
 * 24:285): an analysis of variance of the areas, corrected for their being of the same cases, with the
 * degrees of freedom of Hillis (2007, Statistics in Medicine 26:596).
 *
 * Three answers to three questions: would other readers of other cases differ (`randomReadersAndCases`,
 * the one that is usually meant), would these readers on other cases (`fixedReaders`), would other
 * readers on these cases (`fixedCases`). Their figures for the data of Van Dyke et al. 1993 are those of
 * OR-DBM MRMC 2.51, of MRMCaov and of RJafroc. With five readers and 25 or 100 cases the interval of a
 * difference covers in 93 %.
 */
import { fTail } from "../distributions/beta.ts";
import { chiSquareTail } from "../distributions/gamma.ts";
import { holmAdjusted } from "../holm.ts";
import { type Placements, placements } from "../roc.ts";
import { aucCovariances, type CovarianceMethod } from "./auc-covariance.ts";
import { isNearlyNormal, studentQuantile95, studentTailsOf } from "./nearly-normal.ts";
import { checkReaderStudy, type ReaderStudy } from "./reader-study.ts";

export interface ReaderStudyAnalysis {
  readonly conditions: readonly string[];
  readonly readers: readonly string[];
  readonly positives: number;
  readonly negatives: number;
  readonly covarianceMethod: CovarianceMethod;
  /** `[conditions][readers]` */
  readonly aucs: readonly (readonly number[])[];
  readonly components: VarianceComponents;
  readonly meanSquares: MeanSquares;
  readonly randomReadersAndCases: Inference;
  readonly fixedReaders: Inference;
  readonly fixedCases: Inference;
  /** Differences of each reader alone, on other cases. */
  readonly byReader: readonly (Difference & { readonly reader: string })[];
}

/** Of the areas; estimates, which may be below 0. */
export interface VarianceComponents {
  readonly reader: number;
  readonly conditionByReader: number;
  /** Of one reader's area under one condition, over cases. */
  readonly error: number;
  /** Of one reader under two conditions. */
  readonly sameReader: number;
  /** Of two readers under one condition. */
  readonly sameCondition: number;
  /** Of two readers under two conditions. */
  readonly neitherSame: number;
}

export interface MeanSquares {
  readonly condition: number;
  readonly reader: number;
  readonly conditionByReader: number;
}

export interface Inference {
  /** Are all conditions alike? */
  readonly overall: {
    /** F, or chi-square with fixed readers; null where nothing varies. */
    readonly statistic: number | null;
    readonly degreesOfFreedom: number;
    /** Of F's denominator; null for chi-square. */
    readonly errorDegreesOfFreedom: number | null;
    readonly p: number | null;
  };
  /** Of every pair of conditions, the first less the second. */
  readonly differences: readonly Difference[];
  readonly conditions: readonly ConditionMean[];
}

export interface Difference {
  readonly first: string;
  readonly second: string;
  readonly difference: number;
  readonly standardError: number;
  /** Null for a normal statistic. */
  readonly degreesOfFreedom: number | null;
  readonly interval: readonly [low: number, high: number];
  /** Two-sided, and after Holm for as many pairs as there are; null where nothing varies. */
  readonly p: number | null;
  readonly holmP: number | null;
}

export interface ConditionMean {
  readonly condition: string;
  /** Averaged over the readers. */
  readonly auc: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number | null;
  /** Within 0 and 1. */
  readonly interval: readonly [low: number, high: number];
}

/** @throws EvaluationError `input` for a study that is not complete: `reader-study.ts`. */
export function analyzeReaderStudy(
  study: ReaderStudy,
  covarianceMethod: CovarianceMethod = "delong",
): ReaderStudyAnalysis {
  checkReaderStudy(study);
  const { conditions, readers, positive } = study;
  const placed = study.scores.map((byReader) =>
    byReader.map((scores) => placedScores(scores, positive)),
  );
  const aucs = placed.map((byReader) => byReader.map(({ positives }) => mean(positives)));
  const covariances = aucCovariances(placed.flat(), covarianceMethod);
  const blocks = covarianceBlocks(covariances, conditions.length, readers.length);
  const meanSquares = meanSquaresOf(aucs);
  const { error, sameReader, sameCondition, neitherSame } = blocks.all;
  const shared = Math.max(sameCondition - neitherSame, 0);
  const conditionByReader = meanSquares.conditionByReader - error + sameReader + shared;
  const components: VarianceComponents = {
    ...blocks.all,
    conditionByReader,
    reader:
      (meanSquares.reader - meanSquares.conditionByReader) / conditions.length -
      sameReader +
      neitherSame,
  };
  const positives = positive.filter(Boolean).length;
  return {
    conditions,
    readers,
    positives,
    negatives: positive.length - positives,
    covarianceMethod,
    aucs,
    components,
    meanSquares,
    randomReadersAndCases: randomInference(study, aucs, meanSquares, shared, (i) =>
      Math.max(blocks.byCondition[i].sameCondition, 0),
    ),
    fixedReaders: fixedReadersInference(study, aucs, meanSquares, blocks),
    fixedCases: randomInference(study, aucs, meanSquares, 0, () => 0),
    byReader: readers.flatMap((reader, j) => {
      const variance = 2 * (blocks.byReader[j].error - blocks.byReader[j].sameReader);
      return differencesOf(conditions, (i) => aucs[i][j], variance, null).map((one) => ({
        ...one,
        reader,
      }));
    }),
  };
}

function placedScores(scores: readonly number[], positive: readonly boolean[]): Placements {
  const placed = placements(scores, positive);
  if (placed === null) throw new Error("internal: a reader study of one kind of case");
  return placed;
}

/** Readers at random; `shared` and `sharedOf` are what cases add, 0 where they are fixed. */
function randomInference(
  { conditions, readers }: ReaderStudy,
  aucs: readonly (readonly number[])[],
  { condition, conditionByReader }: MeanSquares,
  shared: number,
  sharedOf: (condition: number) => number,
): Inference {
  const [t, r] = [conditions.length, readers.length];
  const error = conditionByReader + r * shared;
  const own = conditionByReader ** 2 / ((t - 1) * (r - 1));
  // Readers who differ by the same between conditions leave the cases alone, and the normal distribution.
  const degrees = own === 0 ? Number.POSITIVE_INFINITY : error ** 2 / own;
  const statistic = error === 0 ? null : condition / error;
  const means = aucs.map(mean);
  return {
    overall: {
      statistic,
      degreesOfFreedom: t - 1,
      errorDegreesOfFreedom: degrees,
      p:
        statistic === null
          ? null
          : isNearlyNormal(degrees)
            ? chiSquareTail((t - 1) * statistic, t - 1)
            : fTail(statistic, t - 1, degrees),
    },
    differences: differencesOf(conditions, (i) => means[i], (2 / r) * error, degrees),
    conditions: conditions.map((name, i) => {
      const readerSquare = aucs[i].reduce((sum, auc) => sum + (auc - means[i]) ** 2, 0) / (r - 1);
      const spread = readerSquare + r * sharedOf(i);
      const ownDegrees =
        readerSquare === 0 ? Number.POSITIVE_INFINITY : spread ** 2 / (readerSquare ** 2 / (r - 1));
      return conditionMean(name, means[i], spread / r, ownDegrees);
    }),
  };
}

function fixedReadersInference(
  { conditions, readers }: ReaderStudy,
  aucs: readonly (readonly number[])[],
  { condition }: MeanSquares,
  { all, byCondition }: CovarianceBlocks,
): Inference {
  const [t, r] = [conditions.length, readers.length];
  const error =
    all.error - all.sameReader + (r - 1) * Math.max(all.sameCondition - all.neitherSame, 0);
  const statistic = error > 0 ? ((t - 1) * condition) / error : null;
  const means = aucs.map(mean);
  return {
    overall: {
      statistic,
      degreesOfFreedom: t - 1,
      errorDegreesOfFreedom: null,
      p: statistic === null ? null : chiSquareTail(statistic, t - 1),
    },
    differences: differencesOf(conditions, (i) => means[i], (2 / r) * error, null),
    conditions: conditions.map((name, i) => {
      const { error: own, sameCondition } = byCondition[i];
      return conditionMean(name, means[i], (own + (r - 1) * Math.max(sameCondition, 0)) / r, null);
    }),
  };
}

/** `degrees` null for the normal distribution. */
function differencesOf(
  conditions: readonly string[],
  areaOf: (condition: number) => number,
  variance: number,
  degrees: number | null,
): Difference[] {
  const standardError = Math.sqrt(Math.max(0, variance));
  const reach = studentQuantile95(degrees) * standardError;
  const pairs = conditions.flatMap((first, i) =>
    conditions.slice(i + 1).map((second, rest) => {
      const difference = areaOf(i) - areaOf(i + 1 + rest);
      return {
        first,
        second,
        difference,
        standardError,
        degreesOfFreedom: degrees,
        interval: [difference - reach, difference + reach] as const,
        p: standardError === 0 ? null : studentTailsOf(difference / standardError, degrees),
      };
    }),
  );
  const adjusted = holmAdjusted(pairs.map(({ p }) => p));
  return pairs.map((pair, i) => ({ ...pair, holmP: adjusted[i] }));
}

function conditionMean(
  condition: string,
  auc: number,
  variance: number,
  degreesOfFreedom: number | null,
): ConditionMean {
  const standardError = Math.sqrt(variance);
  const reach = studentQuantile95(degreesOfFreedom) * standardError;
  return {
    condition,
    auc,
    standardError,
    degreesOfFreedom,
    interval: [Math.max(0, auc - reach), Math.min(1, auc + reach)],
  };
}

type ErrorParts = Pick<
  VarianceComponents,
  "error" | "sameReader" | "sameCondition" | "neitherSame"
>;

interface CovarianceBlocks {
  readonly all: ErrorParts;
  readonly byCondition: readonly Pick<ErrorParts, "error" | "sameCondition">[];
  readonly byReader: readonly Pick<ErrorParts, "error" | "sameReader">[];
}

/** Means of the covariances of readings, which are in the order of conditions and then readers. */
function covarianceBlocks(covariances: readonly (readonly number[])[], t: number, r: number) {
  const places = Array.from({ length: t * r }, (_, place) => ({
    condition: Math.floor(place / r),
    reader: place % r,
  }));
  const meanWhere = (
    of: (one: (typeof places)[number], other: (typeof places)[number]) => boolean,
  ): number => {
    let [sum, count] = [0, 0];
    for (const [i, one] of places.entries()) {
      for (const [j, other] of places.entries()) {
        if (!of(one, other)) continue;
        sum += covariances[i][j];
        count++;
      }
    }
    return sum / count;
  };
  type PlaceOf = (typeof places)[number];
  const same = (a: PlaceOf, b: PlaceOf) => a.condition === b.condition && a.reader === b.reader;
  const byOtherReader = (a: PlaceOf, b: PlaceOf) =>
    a.condition === b.condition && a.reader !== b.reader;
  const underOther = (a: PlaceOf, b: PlaceOf) =>
    a.condition !== b.condition && a.reader === b.reader;
  return {
    all: {
      error: meanWhere(same),
      sameReader: meanWhere(underOther),
      sameCondition: meanWhere(byOtherReader),
      neitherSame: meanWhere((a, b) => a.condition !== b.condition && a.reader !== b.reader),
    },
    byCondition: Array.from({ length: t }, (_, i) => ({
      error: meanWhere((a, b) => a.condition === i && same(a, b)),
      sameCondition: meanWhere((a, b) => a.condition === i && byOtherReader(a, b)),
    })),
    byReader: Array.from({ length: r }, (_, j) => ({
      error: meanWhere((a, b) => a.reader === j && same(a, b)),
      sameReader: meanWhere((a, b) => a.reader === j && underOther(a, b)),
    })),
  };
}

function meanSquaresOf(aucs: readonly (readonly number[])[]): MeanSquares {
  const [t, r] = [aucs.length, aucs[0].length];
  const grand = mean(aucs.flat());
  const rows = aucs.map(mean);
  const columns = aucs[0].map((_, j) => mean(aucs.map((row) => row[j])));
  const squares = (means: readonly number[]) =>
    means.reduce((sum, value) => sum + (value - grand) ** 2, 0);
  const rest = aucs
    .flatMap((row, i) => row.map((auc, j) => auc - rows[i] - columns[j] + grand))
    .reduce((sum, value) => sum + value * value, 0);
  return {
    condition: (r * squares(rows)) / (t - 1),
    reader: (t * squares(columns)) / (r - 1),
    conditionByReader: rest / ((t - 1) * (r - 1)),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
