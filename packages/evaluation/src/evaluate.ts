/**
 * A test set to everything that is reported of it, as one object that JSON can hold.
 *
 * What it is not: a report. It neither rounds nor judges; `report/` shows it, and thresholds are the
 * caller's.
 */
import type { Estimate, PatientDecision, Proportion, View } from "@malleolus/schema";
import { type BootstrapOptions, weightedBootstrap } from "./bootstrap.ts";
import { checkInput } from "./check-input.ts";
import {
  type Classification,
  type ClassResult,
  classify,
  countOutcomes,
  fractureResult,
  type PatientOutcome,
  weightedConfusion,
} from "./classification.ts";
import { accuracyOf, cohenKappa } from "./confusion.ts";
import { type AppliedPoint, appliedPoints } from "./decision/applied-points.ts";
import { decidePatient, shownFindings } from "./decision/decide.ts";
import type { ViewEvidence } from "./decision/evidence.ts";
import { type FalseFindings, falseFindings } from "./false-findings.ts";
import { FOUND_IOU } from "./found.ts";
import { holmAdjusted } from "./holm.ts";
import {
  type FalsePositives,
  type FractureOutcome,
  falsePositiveRadiographs,
  falsePositives,
  fractureOutcomes,
  type Localization,
  summarizeLocalization,
} from "./localization.ts";
import type { TestImage, TestPatient } from "./patient.ts";
import {
  imageScores,
  type Prediction,
  predictPatient,
  type ViewRule,
  viewRules,
} from "./patient-score.ts";
import { type AucComparison, compareAucs } from "./roc.ts";
import { type RocBandPoint, rocBand } from "./roc-band.ts";

export interface EvaluationOptions extends BootstrapOptions {
  /** All that a patient can have, in the order of the tables. */
  readonly classes: readonly string[];
  readonly noFractureClass: string;
  /** What is found besides and has no part in what is evaluated: bones, say. */
  readonly otherClasses: readonly string[];
  /**
   * How the detector's tuning patients have taught it to decide; null for one that was not taught. With
   * it the main results are its, and what is shown of a patient's findings agrees with its answer.
   */
  readonly decision: PatientDecision | null;
  /** The rule of views for the main results of a detector without a decision. */
  readonly rule: ViewRule;
  /** Of the rules `any` and `all`, between 0 and 1. */
  readonly ruleThreshold: number;
  /** The operating score, from which a finding says where a fracture is: without a decision. */
  readonly findingThreshold: number;
  /** The overlap of boxes from which it says it right: `found.ts`. */
  readonly foundIou: number;
}

/** The project's defaults. */
export const evaluationDefaults = {
  otherClasses: [],
  decision: null,
  rule: "mean",
  ruleThreshold: 0.5,
  findingThreshold: 0.5,
  foundIou: FOUND_IOU,
  seed: 1,
  resamples: 2000,
} as const satisfies Partial<EvaluationOptions>;

/** How views become a patient's class: as fitted on tuning patients, or by a fixed rule. */
export type PatientRule = "calibrated" | ViewRule;

/** The rule that the paper says it used. */
export const PAPER_RULE = "sum" satisfies ViewRule;

/** One rule, briefly. */
export interface RuleResult {
  readonly rule: PatientRule;
  /** What each patient is called, in the order given, and the places of those for whom nothing won. */
  readonly called: readonly string[];
  readonly undecided: readonly number[];
  readonly accuracy: Proportion;
  readonly kappa: number | null;
  /** Of the bootstrap over patients. */
  readonly kappaInterval: Estimate["interval"];
  readonly fracture: ClassResult;
  /**
   * The area for fracture against none under the main rule less that under this one, by DeLong's
   * paired test; null for the main rule, and with too few patients.
   */
  readonly mainLessThis: AucComparison | null;
  /** Its p after Holm, for as many tests as there are other rules. */
  readonly holmP: number | null;
}

export interface Evaluation {
  readonly settings: EvaluationOptions;
  /** That of the main results. */
  readonly rule: PatientRule;
  readonly patients: number;
  readonly images: number;
  /** All patients, by the main rule. */
  readonly classification: Classification;
  /** Around the curve of any fracture. */
  readonly rocBand: readonly RocBandPoint[] | null;
  /** All patients by the paper's rule, the sum over views. */
  readonly paperRule: Classification;
  /** The same for unambiguous and for ambiguous patients; null without any. */
  readonly unambiguous: Classification | null;
  readonly ambiguous: Classification | null;
  /** Every rule: the calibrated one first, if any, then the `viewRules`. */
  readonly rules: readonly RuleResult[];
  /** The decision's operating points; none of a detector without a decision. */
  readonly operatingPoints: readonly AppliedPoint[];
  /** Of the fractures on annotated images. */
  readonly localization: Localization;
  readonly localizationByClass: readonly (Localization & { readonly class: string })[];
  readonly localizationByView: readonly (Localization & { readonly view: View | null })[];
  /** Images of patients without fracture on which one is found at the finding threshold. */
  readonly falsePositiveRadiographs: Proportion;
  readonly falsePositives: FalsePositives;
  /** Every patient, in the order given. */
  readonly outcomes: readonly PatientOutcome[];
  /** What every radiograph would say of its patient, were it the only one. */
  readonly radiographs: readonly RadiographOutcome[];
  /** Every fracture on an annotated image, in the order of patients and images. */
  readonly fractures: readonly FractureOutcome[];
  /** Every radiograph on which something is shown in vain. */
  readonly falseFindings: readonly FalseFindings[];
}

export interface RadiographOutcome extends PatientOutcome {
  readonly image: string;
  readonly view: View | null;
}

/** @throws EvaluationError `input` for options or patients that cannot be: `check-input.ts`. */
export function evaluate(patients: readonly TestPatient[], options: EvaluationOptions): Evaluation {
  checkInput(patients, options);
  const { classes, noFractureClass, decision, foundIou } = options;
  const rule: PatientRule = decision === null ? options.rule : "calibrated";
  const fractureClasses = classes.filter((name) => name !== noFractureClass);
  const outcomes = outcomesUnder(rule, patients, options);
  const classifyThose = (some: readonly PatientOutcome[]) =>
    some.length === 0 ? null : classify(some, classes, noFractureClass, options);
  const shown = shownPatients(patients, options);
  const findingThreshold = decision === null ? options.findingThreshold : 0;
  const fractures = fractureOutcomes(shown, fractureClasses, findingThreshold, foundIou);
  const views = [...new Set(fractures.map(({ view }) => view))];
  return {
    settings: pickSettings(options),
    rule,
    patients: patients.length,
    images: patients.reduce((sum, { images }) => sum + images.length, 0),
    classification: classify(outcomes, classes, noFractureClass, options),
    rocBand: rocBand(
      outcomes.map(({ prediction }) => prediction.fractureScore),
      outcomes.map(({ truth }) => truth !== noFractureClass),
      options,
    ),
    paperRule: classify(
      outcomesUnder(PAPER_RULE, patients, options),
      classes,
      noFractureClass,
      options,
    ),
    unambiguous: classifyThose(outcomes.filter(({ ambiguous }) => ambiguous === false)),
    ambiguous: classifyThose(outcomes.filter(({ ambiguous }) => ambiguous === true)),
    rules: ruleResults(rule, patients, options),
    operatingPoints: appliedPoints(decision, outcomes),
    localization: summarizeLocalization(fractures, options),
    localizationByClass: fractureClasses.map((name) => ({
      class: name,
      ...summarizeLocalization(
        fractures.filter((one) => one.class === name),
        options,
      ),
    })),
    localizationByView: views.map((view) => ({
      view,
      ...summarizeLocalization(
        fractures.filter((one) => one.view === view),
        options,
      ),
    })),
    falsePositiveRadiographs: falsePositiveRadiographs(
      shown,
      noFractureClass,
      fractureClasses,
      findingThreshold,
    ),
    falsePositives: falsePositives(
      { shown, findings: patients },
      fractureClasses,
      findingThreshold,
      foundIou,
      options,
    ),
    outcomes,
    radiographs: patients.flatMap((patient) =>
      patient.images.map((image) => ({
        ...outcomeUnder(rule, { ...patient, images: [image] }, options),
        image: image.id,
        view: image.view,
      })),
    ),
    fractures,
    falseFindings: falseFindings(
      shown,
      noFractureClass,
      fractureClasses,
      findingThreshold,
      foundIou,
    ),
  };
}

/** Every patient's outcome by one rule, in the order given. */
export function outcomesUnder(
  rule: PatientRule,
  patients: readonly TestPatient[],
  options: EvaluationOptions,
): PatientOutcome[] {
  return patients.map((patient) => outcomeUnder(rule, patient, options));
}

function outcomeUnder(
  rule: PatientRule,
  patient: TestPatient,
  options: EvaluationOptions,
): PatientOutcome {
  return {
    patient: patient.id,
    truth: patient.class,
    ambiguous: patient.ambiguous,
    prediction: predictionOf(rule, patient, options),
  };
}

function predictionOf(
  rule: PatientRule,
  patient: TestPatient,
  { classes, noFractureClass, decision, ruleThreshold: threshold }: EvaluationOptions,
): Prediction {
  if (rule !== "calibrated") {
    const views = patient.images.map((image) => imageScores(image, classes));
    return predictPatient(views, { classes, noFractureClass, rule, threshold });
  }
  if (decision === null) throw new Error("internal: a calibrated rule without a decision");
  const answer = decidePatient(decision, patient.images.map(viewEvidence));
  return {
    class: answer.class,
    undecided: null,
    scores: answer.probabilities,
    fractureScore: answer.fractureProbability - 0.5,
  };
}

function viewEvidence({ classScores = {}, imageProbabilities = null }: TestImage): ViewEvidence {
  return { classScores, imageProbabilities };
}

/** With the findings that are shown to whoever asks for the patient's answer. */
export function shownPatients(
  patients: readonly TestPatient[],
  { decision }: EvaluationOptions,
): readonly TestPatient[] {
  if (decision === null) return patients;
  return patients.map((patient) => {
    const answer = decidePatient(decision, patient.images.map(viewEvidence));
    const findings = patient.images.map((image) => image.findings);
    const shown = shownFindings(decision, answer, findings);
    return {
      ...patient,
      images: patient.images.map((image, i) => ({ ...image, findings: shown[i] })),
    };
  });
}

/** Every rule, the main one among them; their kappas by the same resamples. */
function ruleResults(
  main: PatientRule,
  patients: readonly TestPatient[],
  options: EvaluationOptions,
): RuleResult[] {
  const { classes, noFractureClass, decision } = options;
  const rules: readonly PatientRule[] =
    decision === null ? viewRules : ["calibrated", ...viewRules];
  const byRule = rules.map((rule) => outcomesUnder(rule, patients, options));
  const counts = byRule.map((outcomes) => weightedConfusion(outcomes, classes));
  const kappas = weightedBootstrap(
    patients.length,
    (weights) => counts.map((count) => cohenKappa(count(weights))),
    options,
  );
  const scores = byRule.map((outcomes) =>
    outcomes.map(({ prediction }) => prediction.fractureScore),
  );
  const mainScores = scores[rules.indexOf(main)];
  const positive = patients.map((patient) => patient.class !== noFractureClass);
  const compared = rules.map((rule, i) =>
    rule === main ? null : compareAucs(mainScores, scores[i], positive),
  );
  const adjusted = holmAdjusted(compared.map((one) => one?.p ?? null));
  return rules.map((rule, i) => {
    const outcomes = byRule[i];
    const confusion = countOutcomes(outcomes, classes);
    return {
      rule,
      called: outcomes.map(({ prediction }) => prediction.class),
      undecided: outcomes.flatMap(({ prediction }, place) =>
        prediction.undecided === null ? [] : [place],
      ),
      accuracy: accuracyOf(confusion),
      kappa: kappas[i].value,
      kappaInterval: kappas[i].interval,
      fracture: fractureResult(outcomes, confusion, noFractureClass),
      mainLessThis: compared[i],
      holmP: adjusted[i],
    };
  });
}

/** Without what a caller's object may hold besides. */
function pickSettings(options: EvaluationOptions): EvaluationOptions {
  const { classes, noFractureClass, otherClasses, decision, rule, ruleThreshold } = options;
  const { findingThreshold, foundIou, seed, resamples } = options;
  return {
    classes,
    noFractureClass,
    otherClasses,
    decision,
    rule,
    ruleThreshold,
    findingThreshold: decision?.findingThreshold ?? findingThreshold,
    foundIou,
    seed,
    resamples,
  };
}
