/**
 * What is said of a test beside its figures: whether its probabilities can be believed, what a decision
 * by them is worth, how it does in groups of patients, and whether it errs where readers disagree.
 */
import {
  type Calibration,
  type CalibrationChange,
  calibrationChange,
  calibrationOf,
} from "../calibration/calibration.ts";
import type { Forecast } from "../calibration/probability-scores.ts";
import type { PatientOutcome } from "../classification.ts";
import { decisionCurve, type NetBenefit } from "../decision/decision-curve.ts";
import type { Evaluation } from "../evaluate.ts";
import { type OddsGap, oddsGapOf } from "../subgroups/equalized-odds.ts";
import { type ErrorsByAgreement, errorsByAgreement } from "../subgroups/errors-by-agreement.ts";
import { AGE_BANDS, type SubgroupRow, type Subject, subgroupRows } from "../subgroups/subgroups.ts";
import type { ReadingsRight } from "./reader-results.ts";

export interface TestAnalyses {
  /** Null where a patient's scores are no probabilities. */
  readonly calibration: {
    readonly fitted: Calibration;
    /** Of the mean scores over views, made to sum to 1; null where nobody asked. */
    readonly scores: Calibration | null;
    /** Of the fitted less the scores. */
    readonly change: CalibrationChange | null;
  } | null;
  readonly decisionCurve: readonly NetBenefit[] | null;
  readonly subgroups: readonly SubgroupRow[];
  /** The patients of each of them, in the same order, by their places in the outcomes. */
  readonly members: readonly (readonly number[])[];
  /** Of the attributes of which there are at least two values. */
  readonly oddsGaps: readonly OddsGap[];
  /** Null where fewer than two have read the patients. */
  readonly errorsByAgreement: ErrorsByAgreement | null;
}

/** By patient, what groups are made of. */
export type PatientAttributes = Readonly<Record<string, Subject["attributes"]>>;

/** From 5 % to 95 %. */
const THRESHOLDS: readonly number[] = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);
const DEALS = 1000;

const ORDERS: Readonly<Record<string, readonly string[]>> = {
  Age: AGE_BANDS,
  Visibility: ["obvious", "visible", "subtle", "impossible"],
};

/** `scores` are the outcomes by the views' mean scores, of the same patients in the same order. */
export function analyzeTest(
  evaluation: Evaluation,
  attributes: PatientAttributes,
  agreement: Readonly<Record<string, ReadingsRight>>,
  scores: readonly PatientOutcome[] | null,
): TestAnalyses {
  const { outcomes, rule, settings } = evaluation;
  const { noFractureClass } = settings;
  const isFitted = rule === "calibrated" && outcomes.length > 0;
  const options = { seed: settings.seed, resamples: settings.resamples };
  const subjects = outcomes.map((one): Subject => {
    return {
      patient: one.patient,
      attributes: Object.hasOwn(attributes, one.patient) ? attributes[one.patient] : {},
      isRight: one.truth === one.prediction.class,
      positive: one.truth !== noFractureClass,
      calledPositive: one.prediction.class !== noFractureClass,
      score: one.prediction.fractureScore,
    };
  });
  // Where all are alike there is no group.
  const names = [...new Set(subjects.flatMap((one) => Object.keys(one.attributes)))].filter(
    (name) => new Set(subjects.map((one) => one.attributes[name] ?? null)).size > 1,
  );
  const subgroups = subgroupRows(subjects, names, ORDERS);
  const read = outcomes.flatMap(({ patient, truth, prediction }) => {
    const said = Object.hasOwn(agreement, patient) ? agreement[patient].said : [];
    return said.length < 2 ? [] : [{ readings: said, modelIsRight: truth === prediction.class }];
  });
  return {
    calibration: isFitted ? calibrated(outcomes, scores, settings) : null,
    decisionCurve: isFitted
      ? decisionCurve(
          outcomes.map(({ prediction }) => fractureProbability(prediction.scores, noFractureClass)),
          outcomes.map(({ truth }) => truth !== noFractureClass),
          { ...options, thresholds: THRESHOLDS, prevalence: null },
        )
      : null,
    subgroups,
    members: subgroups.map(({ attribute, value }) =>
      subjects.flatMap((one, place) =>
        (one.attributes[attribute] ?? null) === value ? [place] : [],
      ),
    ),
    oddsGaps: names
      .map((name) => oddsGapOf(subjects, name, { seed: options.seed, deals: DEALS }))
      .filter(({ values }) => values.length > 1),
    errorsByAgreement: read.length === 0 ? null : errorsByAgreement(read),
  };
}

function calibrated(
  outcomes: readonly PatientOutcome[],
  scores: readonly PatientOutcome[] | null,
  settings: Evaluation["settings"],
): NonNullable<TestAnalyses["calibration"]> {
  const { classes, noFractureClass } = settings;
  const options = { seed: settings.seed, resamples: settings.resamples, classes, noFractureClass };
  const after = outcomes.map((one) => forecastOf(one, classes));
  const before = scores?.map((one) => forecastOf(one, classes)) ?? null;
  return {
    fitted: calibrationOf(after, options),
    scores: before === null ? null : calibrationOf(before, options),
    change: before === null ? null : calibrationChange(before, after, options),
  };
}

/** Scores made to sum to 1; alike where there are none. */
function forecastOf(
  { patient, truth, prediction }: PatientOutcome,
  classes: readonly string[],
): Forecast {
  const total = classes.reduce((sum, name) => sum + prediction.scores[name], 0);
  const probabilities = classes.map((name): [string, number] => [
    name,
    total > 0 ? prediction.scores[name] / total : 1 / classes.length,
  ]);
  return { patient, truth, probabilities: Object.fromEntries(probabilities) };
}

/** A sum, which may exceed 1 by a last bit. */
function fractureProbability(
  scores: Readonly<Record<string, number>>,
  noFractureClass: string,
): number {
  const sum = Object.entries(scores).reduce(
    (all, [name, score]) => (name === noFractureClass ? all : all + score),
    0,
  );
  return Math.min(1, sum);
}
