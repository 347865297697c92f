/** The classification of patients, in figures. */
import type { Auc, Estimate, Proportion } from "@malleolus/schema";
import { type BootstrapOptions, weightedBootstrap } from "./bootstrap.ts";
import {
  accuracyOf,
  againstOne,
  type ClassMeasures,
  type Confusion,
  classMeans,
  classMeasures,
  cohenKappa,
  confusionOf,
  matthewsOf,
} from "./confusion.ts";
import type { Prediction } from "./patient-score.ts";
import { aucOf, type RocPoint, rocPoints } from "./roc.ts";
import { meanOf } from "./summary.ts";
import { rankedScores, weightedArea } from "./weighted-statistics.ts";

/** A patient's class and the predicted one. */
export interface PatientOutcome {
  readonly patient: string;
  readonly truth: string;
  readonly ambiguous: boolean | null;
  readonly prediction: Prediction;
}

/** One class against all others; the area and the curve are those of its score. */
export interface ClassResult extends ClassMeasures {
  readonly patients: number;
  readonly auc: Auc | null;
  readonly roc: readonly RocPoint[] | null;
}

export interface Classification {
  readonly patients: number;
  readonly confusion: Confusion;
  readonly accuracy: Proportion;
  /** Cohen's, against the truth. This and the next two with intervals of the bootstrap. */
  readonly kappa: Estimate;
  /** Means over the classes, each of which counts the same. */
  readonly meanSensitivity: Estimate;
  readonly meanSpecificity: Estimate;
  /**
   * With intervals, too; mean sensitivity is balanced accuracy. A mean over the classes is null where
   * one of them has no figure.
   */
  readonly matthews: Estimate;
  readonly meanF1: Estimate;
  readonly meanAuc: Estimate;
  /** Patients who fell to the class of no fracture because nothing won. */
  readonly undecided: { readonly tie: number; readonly allZero: number };
  /** In the order of the classes. */
  readonly classes: readonly (ClassResult & { readonly class: string })[];
  /** Any fracture against none. */
  readonly fracture: ClassResult;
}

export function classify(
  outcomes: readonly PatientOutcome[],
  classes: readonly string[],
  noFractureClass: string,
  options: BootstrapOptions,
): Classification {
  const confusion = countOutcomes(outcomes, classes);
  const count = weightedConfusion(outcomes, classes);
  const scores = classes.map((name) =>
    rankedScores(
      outcomes.map(({ prediction }) => prediction.scores[name]),
      outcomes.map(({ truth }) => truth === name),
    ),
  );
  const [kappa, meanSensitivity, meanSpecificity, matthews, meanF1, meanAuc] = weightedBootstrap(
    outcomes.length,
    (weights) => {
      const counted = count(weights);
      const { sensitivity, specificity, f1 } = classMeans(counted);
      return [
        cohenKappa(counted),
        sensitivity,
        specificity,
        matthewsOf(counted),
        f1,
        meanOfAll(scores.map((own) => weightedArea(own, weights))),
      ];
    },
    options,
  );
  const undecided = (why: Prediction["undecided"]) =>
    outcomes.filter(({ prediction }) => prediction.undecided === why).length;
  return {
    patients: outcomes.length,
    confusion,
    accuracy: accuracyOf(confusion),
    kappa,
    meanSensitivity,
    meanSpecificity,
    matthews,
    meanF1,
    meanAuc,
    undecided: { tie: undecided("tie"), allZero: undecided("all zero") },
    classes: classes.map((name) => ({
      class: name,
      ...classMeasures(confusion, name),
      ...curveOf(
        outcomes,
        ({ prediction }) => prediction.scores[name],
        ({ truth }) => truth === name,
      ),
    })),
    fracture: fractureResult(outcomes, confusion, noFractureClass),
  };
}

/** Fracture against none, by the score that is above 0 for a fracture. */
export function fractureResult(
  outcomes: readonly PatientOutcome[],
  confusion: Confusion,
  noFractureClass: string,
): ClassResult {
  return {
    ...classMeasures(againstOne(confusion, noFractureClass, "fracture"), "fracture"),
    ...curveOf(
      outcomes,
      ({ prediction }) => prediction.fractureScore,
      ({ truth }) => truth !== noFractureClass,
    ),
  };
}

export function countOutcomes(
  outcomes: readonly PatientOutcome[],
  classes: readonly string[],
): Confusion {
  const pairs = outcomes.map(({ truth, prediction }) => ({ truth, predicted: prediction.class }));
  return confusionOf(pairs, classes);
}

/** The matrix of resamples, told as how often each patient is drawn. */
export function weightedConfusion(
  outcomes: readonly PatientOutcome[],
  classes: readonly string[],
): (weights: Uint32Array) => Confusion {
  const placeOf = new Map(classes.map((name, place) => [name, place]));
  const cells = Uint32Array.from(
    outcomes,
    ({ truth, prediction }) =>
      (placeOf.get(truth) ?? 0) * classes.length + (placeOf.get(prediction.class) ?? 0),
  );
  return (weights) => {
    const counts = new Float64Array(classes.length ** 2);
    for (let i = 0; i < cells.length; i++) counts[cells[i]] += weights[i];
    return {
      classes,
      counts: classes.map((_, row) => [
        ...counts.subarray(row * classes.length, (row + 1) * classes.length),
      ]),
    };
  };
}

function curveOf(
  outcomes: readonly PatientOutcome[],
  score: (outcome: PatientOutcome) => number,
  isPositive: (outcome: PatientOutcome) => boolean,
): Pick<ClassResult, "patients" | "auc" | "roc"> {
  const scores = outcomes.map(score);
  const positive = outcomes.map(isPositive);
  return {
    patients: positive.filter(Boolean).length,
    auc: aucOf(scores, positive),
    roc: rocPoints(scores, positive),
  };
}

/** Null where one is: a mean over fewer classes would be another measure. */
function meanOfAll(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length < values.length ? null : meanOf(known);
}
