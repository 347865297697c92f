/**
 * A test set to everything that is reported of it, as one object that JSON can hold.
 *
 * What it is not: a report. It neither rounds nor judges; `report/` shows it, and floors are the
 * caller's.
 */
import type { Proportion, View } from "@malleolus/schema";
import type { BootstrapOptions } from "./bootstrap.ts";
import { checkInput } from "./check-input.ts";
import {
  type Classification,
  type ClassResult,
  classify,
  countOutcomes,
  fractureResult,
  type PatientOutcome,
} from "./classification.ts";
import { accuracyOf, cohenKappa } from "./confusion.ts";
import { FOUND_IOU } from "./found.ts";
import {
  type FalsePositives,
  type FractureOutcome,
  falseAlarms,
  falsePositives,
  fractureOutcomes,
  type Localisation,
  summariseLocalisation,
} from "./localisation.ts";
import type { TestPatient } from "./patient.ts";
import { imageScores, predictPatient, type ViewRule, viewRules } from "./patient-score.ts";
import { type AucComparison, compareAucs } from "./roc.ts";

export interface EvaluationOptions extends BootstrapOptions {
  /** All that a patient can have, in the order of the tables. */
  readonly classes: readonly string[];
  readonly noFractureClass: string;
  /** What is found besides and has no part in what is evaluated: bones, say. */
  readonly otherClasses: readonly string[];
  /** The rule of views that the main results use; the others stand beside it. */
  readonly rule: ViewRule;
  /** Of the rules `any` and `all`, between 0 and 1. */
  readonly ruleThreshold: number;
  /** The operating score: from it on a finding says where a fracture is. */
  readonly findingThreshold: number;
  /** The overlap of boxes from which it says it right: `found.ts`. */
  readonly foundIou: number;
}

/** What the project takes where nothing else is asked for. */
export const evaluationDefaults = {
  otherClasses: [],
  rule: "sum",
  ruleThreshold: 0.5,
  findingThreshold: 0.5,
  foundIou: FOUND_IOU,
  seed: 1,
  resamples: 2000,
} as const satisfies Partial<EvaluationOptions>;

/** One rule of views, briefly. */
export interface RuleResult {
  readonly rule: ViewRule;
  readonly accuracy: Proportion;
  readonly kappa: number | null;
  readonly fracture: ClassResult;
  /**
   * The area for fracture against none under the main rule less that under this one, by DeLong's
   * paired test; null for the main rule, and with too few patients.
   */
  readonly mainLessThis: AucComparison | null;
}

export interface Evaluation {
  readonly settings: EvaluationOptions;
  readonly patients: number;
  readonly images: number;
  /** All patients, by the main rule. */
  readonly classification: Classification;
  /** The same for those whose readers agreed at first and those whose did not; null without any. */
  readonly unambiguous: Classification | null;
  readonly ambiguous: Classification | null;
  /** Every rule of views, in the order of `viewRules`. */
  readonly rules: readonly RuleResult[];
  /** Of the fractures on annotated images. */
  readonly localisation: Localisation;
  readonly localisationByClass: readonly (Localisation & { readonly class: string })[];
  readonly localisationByView: readonly (Localisation & { readonly view: View | null })[];
  /** Images of patients without fracture on which one is found at the finding threshold. */
  readonly falseAlarms: Proportion;
  readonly falsePositives: FalsePositives;
  /** Every patient, in the order given. */
  readonly outcomes: readonly PatientOutcome[];
  /** Every fracture on an annotated image, in the order of patients and images. */
  readonly fractures: readonly FractureOutcome[];
}

/** Throws EvaluationError `input` for options or patients that cannot be: `check-input.ts`. */
export function evaluate(patients: readonly TestPatient[], options: EvaluationOptions): Evaluation {
  checkInput(patients, options);
  const { classes, noFractureClass, rule, findingThreshold, foundIou } = options;
  const fractureClasses = classes.filter((name) => name !== noFractureClass);
  const outcomes = outcomesUnder(rule, patients, options);
  const classifyThose = (some: readonly PatientOutcome[]) =>
    some.length === 0 ? null : classify(some, classes, noFractureClass, options);
  const fractures = fractureOutcomes(patients, fractureClasses, findingThreshold, foundIou);
  const views = [...new Set(fractures.map(({ view }) => view))];
  return {
    settings: pickSettings(options),
    patients: patients.length,
    images: patients.reduce((sum, { images }) => sum + images.length, 0),
    classification: classify(outcomes, classes, noFractureClass, options),
    unambiguous: classifyThose(outcomes.filter(({ ambiguous }) => ambiguous === false)),
    ambiguous: classifyThose(outcomes.filter(({ ambiguous }) => ambiguous === true)),
    rules: viewRules.map((other) => ruleResult(other, patients, outcomes, options)),
    localisation: summariseLocalisation(fractures, options),
    localisationByClass: fractureClasses.map((name) => ({
      class: name,
      ...summariseLocalisation(
        fractures.filter((one) => one.class === name),
        options,
      ),
    })),
    localisationByView: views.map((view) => ({
      view,
      ...summariseLocalisation(
        fractures.filter((one) => one.view === view),
        options,
      ),
    })),
    falseAlarms: falseAlarms(patients, noFractureClass, fractureClasses, findingThreshold),
    falsePositives: falsePositives(patients, fractureClasses, findingThreshold, foundIou, options),
    outcomes,
    fractures,
  };
}

function outcomesUnder(
  rule: ViewRule,
  patients: readonly TestPatient[],
  { classes, noFractureClass, ruleThreshold }: EvaluationOptions,
): PatientOutcome[] {
  return patients.map((patient) => ({
    patient: patient.id,
    truth: patient.class,
    ambiguous: patient.ambiguous,
    prediction: predictPatient(
      patient.images.map(({ findings }) => imageScores(findings, classes)),
      { classes, noFractureClass, rule, threshold: ruleThreshold },
    ),
  }));
}

function ruleResult(
  rule: ViewRule,
  patients: readonly TestPatient[],
  main: readonly PatientOutcome[],
  options: EvaluationOptions,
): RuleResult {
  const outcomes = outcomesUnder(rule, patients, options);
  const confusion = countOutcomes(outcomes, options.classes);
  const scores = (some: readonly PatientOutcome[]) =>
    some.map(({ prediction }) => prediction.fractureScore);
  const positive = outcomes.map(({ truth }) => truth !== options.noFractureClass);
  return {
    rule,
    accuracy: accuracyOf(confusion),
    kappa: cohenKappa(confusion),
    fracture: fractureResult(outcomes, confusion, options.noFractureClass),
    mainLessThis:
      rule === options.rule ? null : compareAucs(scores(main), scores(outcomes), positive),
  };
}

/** Without what a caller's object may hold besides. */
function pickSettings(options: EvaluationOptions): EvaluationOptions {
  const { classes, noFractureClass, otherClasses, rule, ruleThreshold } = options;
  const { findingThreshold, foundIou, seed, resamples } = options;
  return {
    classes,
    noFractureClass,
    otherClasses,
    rule,
    ruleThreshold,
    findingThreshold,
    foundIou,
    seed,
    resamples,
  };
}
