/**
 * What is said of a test beside its figures: whether its probabilities can be believed, what a decision
 * by them is worth, how it does in groups of patients and beside its readers, and whether it errs where they
 * disagree.
 */
import { viewSchema, visibilitySchema } from "@malleolus/schema";
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
import { type OddsGap, oddsGapsOf } from "../subgroups/equalized-odds.ts";
import { type ErrorsByAgreement, errorsByAgreement } from "../subgroups/errors-by-agreement.ts";
import { AGE_BANDS, type SubgroupRow, type Subject, subgroupRows } from "../subgroups/subgroups.ts";
import type { PeopleOnTest } from "./reader-results.ts";
import { type ReadersBeside, readersBeside } from "./readers-beside.ts";

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
  /** Of radiographs, each taken alone, by view and by how well the fracture shows on it. */
  readonly radiographs: readonly SubgroupRow[];
  /** By row of these, patients with such a radiograph: all of them right, or not; by their places. */
  readonly radiographMembers: readonly {
    readonly right: readonly number[];
    readonly wrong: readonly number[];
  }[];
  /** Of the attributes of which there are at least two values. */
  readonly oddsGaps: readonly OddsGap[];
  /** Null where fewer than two have read the patients. */
  readonly errorsByAgreement: ErrorsByAgreement | null;
  /** Null where nobody has read them. */
  readonly readers: ReadersBeside | null;
}

/** By patient, what groups are made of. */
export type PatientAttributes = Readonly<Record<string, Subject["attributes"]>>;

/** From 5 % to 95 %. */
const THRESHOLDS: readonly number[] = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);
const DEALS = 1000;

const ORDERS: Readonly<Record<string, readonly string[]>> = {
  Age: AGE_BANDS,
  View: viewSchema.options,
  Visibility: visibilitySchema.options,
};

/** By the image's id. */
export type ImageAttributes = PatientAttributes;

/** `scores` are the outcomes by the views' mean scores, of the same patients in the same order. */
export function analyzeTest(
  evaluation: Evaluation,
  attributes: PatientAttributes,
  people: Pick<PeopleOnTest, "agreement" | "readers">,
  scores: readonly PatientOutcome[] | null,
  imageAttributes: ImageAttributes = {},
): TestAnalyses {
  const { outcomes, rule, settings } = evaluation;
  const { noFractureClass } = settings;
  const isFitted = rule === "calibrated" && outcomes.length > 0;
  const options = { seed: settings.seed, resamples: settings.resamples };
  const subjectOf = (one: PatientOutcome, own: Subject["attributes"]): Subject => ({
    patient: one.patient,
    attributes: own,
    isRight: one.truth === one.prediction.class,
    positive: one.truth !== noFractureClass,
    calledPositive: one.prediction.class !== noFractureClass,
    score: one.prediction.fractureScore,
  });
  const of = (known: PatientAttributes, id: string) => (Object.hasOwn(known, id) ? known[id] : {});
  const subjects = outcomes.map((one) => subjectOf(one, of(attributes, one.patient)));
  const alone = evaluation.radiographs.map((one) =>
    subjectOf(one, { View: one.view, ...of(imageAttributes, one.image) }),
  );
  // Where all are alike there is no group.
  const told = (some: readonly Subject[]) =>
    [...new Set(some.flatMap((one) => Object.keys(one.attributes)))].filter(
      (name) => new Set(some.map((one) => one.attributes[name] ?? null)).size > 1,
    );
  const names = told(subjects);
  const radiographs = subgroupRows(alone, told(alone), ORDERS);
  const subgroups = subgroupRows(subjects, names, ORDERS);
  const read = outcomes.flatMap(({ patient, truth, prediction }) => {
    const said = Object.hasOwn(people.agreement, patient) ? people.agreement[patient].said : [];
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
    radiographs,
    radiographMembers: radiographs.map((row) => membersOf(row, alone, outcomes)),
    oddsGaps: oddsGapsOf(subjects, names, { seed: options.seed, deals: DEALS }).filter(
      ({ values }) => values.length > 1,
    ),
    errorsByAgreement: read.length === 0 ? null : errorsByAgreement(read),
    readers: readersBeside(evaluation, people.readers),
  };
}

function membersOf(
  { attribute, value }: SubgroupRow,
  radiographs: readonly Subject[],
  outcomes: readonly PatientOutcome[],
): TestAnalyses["radiographMembers"][number] {
  const own = radiographs.filter((one) => (one.attributes[attribute] ?? null) === value);
  const there = new Set(own.map(({ patient }) => patient));
  const wrong = new Set(own.flatMap(({ patient, isRight }) => (isRight ? [] : [patient])));
  const places = outcomes.flatMap(({ patient }, place) => (there.has(patient) ? [place] : []));
  const isWrong = (place: number) => wrong.has(outcomes[place].patient);
  return {
    right: places.filter((place) => !isWrong(place)),
    wrong: places.filter(isWrong),
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
