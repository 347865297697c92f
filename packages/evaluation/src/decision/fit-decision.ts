/**
 * Fits the decision of `decide.ts` on tuning patients: never on patients that the detector learned
 * from, whose scores are better than any later patient's, and never on a test.
 *
 * The penalty is the one under which each patient is best predicted by a model fitted without them.
 * The findings' threshold is the lowest that keeps to a stated number of false positives a radiograph,
 * with findings shown as `shownFindings` shows them, each patient again decided without them. So are the
 * operating points, and what conformal sets are made by.
 */

import { createHash } from "node:crypto";
import type { PatientAnswer } from "@malleolus/schema";
import {
  type DecisionPoint,
  EVIDENCE,
  type Evidence,
  type PatientDecision,
  type PointWanted,
} from "@malleolus/schema";
import { EvaluationError } from "../errors.ts";
import { FOUND_IOU } from "../found.ts";
import { frocOf } from "../froc.ts";
import { markedImage } from "../matching.ts";
import type { TestPatient } from "../patient.ts";
import { answerOf, shownFindings } from "./decide.ts";
import { evidenceOf, type ViewEvidence } from "./evidence.ts";
import { type Case, fitMultinomial, probabilitiesOf } from "./multinomial.ts";
import { chooseOperatingPoint } from "./operating-point.ts";

/** A tuning patient: every image with all that the detector says of it. */
export interface TuningPatient extends TestPatient {
  readonly images: readonly (TestPatient["images"][number] & ViewEvidence)[];
}

export interface FitOptions {
  readonly classes: readonly string[];
  readonly noFractureClass: string;
}

/** Tried one after the other. */
const PENALTIES = [0.1, 0.3, 1, 3, 10] as const;
/** Shown in vain, a radiograph: what the findings' threshold keeps to on the tuning patients. */
export const FALSE_POSITIVES_PER_IMAGE = 0.2;
/** The operating points that are chosen beside the half that decides. */
const POINTS_WANTED: readonly PointWanted[] = [
  { atLeast: "specificity", share: 0.95 },
  { atLeast: "sensitivity", share: 0.95 },
];
/** Of each class, so that no class is decided by a single patient. */
const LEAST_PATIENTS = 2;

/**
 * @throws EvaluationError `input` for too few patients of a class, a class that is none of the classes,
 *   or evidence that is no number.
 */
export function fitDecision(
  patients: readonly TuningPatient[],
  options: FitOptions,
): PatientDecision {
  const { classes, noFractureClass } = options;
  const counts = countsOf(patients, classes);
  const { usesImageHead, evidence, cases } = casesOf(patients, options);
  const tried = PENALTIES.map((penalty) => leaveOneOut(cases, penalty));
  const best = tried.reduce((least, one) => (one.logLoss < least.logLoss ? one : least));
  const answers = best.probabilities.map((p) => answerOf(classes, noFractureClass, p));
  const right = answers.filter((answer, i) => answer.class === patients[i].class).length;
  return {
    format: "malleolus-decision-1",
    classes,
    noFractureClass,
    usesImageHead,
    ...weightsAt(cases, classes, best.penalty),
    findingThreshold: thresholdOf(patients, answers, classes, noFractureClass),
    operatingPoints: pointsOf(patients, answers, noFractureClass),
    ownProbabilities: Object.fromEntries(
      classes.map((name, k) => [
        name,
        cases.flatMap(({ truth }, i) => (truth === k ? [best.probabilities[i][k]] : [])),
      ]),
    ),
    fittedOn: {
      patients: counts,
      radiographs: patients.reduce((sum, { images }) => sum + images.length, 0),
      sha256: createHash("sha256")
        .update(JSON.stringify(patients.map(({ id, class: name }, i) => [id, name, evidence[i]])))
        .digest("hex"),
      penalty: best.penalty,
      leaveOneOut: { logLoss: best.logLoss, accuracy: right / patients.length },
    },
  };
}

/**
 * What decides between classes, at a penalty that is known: nobody is left out for it, which of hundreds of patients takes
 * minutes.
 *
 * @throws EvaluationError `input` as `fitDecision`.
 */
export function fitWeights(
  patients: readonly (Pick<TuningPatient, "id" | "class"> & {
    readonly images: readonly ViewEvidence[];
  })[],
  options: FitOptions,
  penalty: number,
): Pick<PatientDecision, "usesImageHead" | "weights" | "bias"> {
  countsOf(patients, options.classes);
  const { usesImageHead, cases } = casesOf(patients, options);
  return { usesImageHead, ...weightsAt(cases, options.classes, penalty) };
}

function casesOf(
  patients: Parameters<typeof fitWeights>[0],
  { classes, noFractureClass }: FitOptions,
) {
  const usesImageHead = patients.every(({ images }) =>
    images.every(({ imageProbabilities }) => imageProbabilities !== null),
  );
  const given = { classes, noFractureClass, usesImageHead };
  const evidence = patients.map(({ images }) => evidenceOf(images, given));
  const cases = patients.map(
    (patient, i): Case => ({
      design: designOf(evidence[i], classes.indexOf(noFractureClass)),
      truth: classes.indexOf(patient.class),
    }),
  );
  return { usesImageHead, evidence, cases };
}

function weightsAt(
  cases: readonly Case[],
  classes: readonly string[],
  penalty: number,
): Pick<PatientDecision, "weights" | "bias"> {
  const parameters = fitMultinomial(cases, penalty);
  const groups = EVIDENCE.length;
  return {
    weights: {
      fracture: namedWeights(parameters.slice(0, groups)),
      noFracture: namedWeights(parameters.slice(groups, 2 * groups)),
    },
    bias: Object.fromEntries(classes.map((name, k) => [name, parameters[2 * groups + k]])),
  };
}

function countsOf(
  patients: readonly Pick<TuningPatient, "id" | "class">[],
  classes: readonly string[],
): Record<string, number> {
  const counts = Object.fromEntries(classes.map((name) => [name, 0]));
  for (const { id, class: name } of patients) {
    if (!(name in counts)) {
      throw new EvaluationError(
        "input",
        `patient ${id}: expected one of ${classes.join(", ")}, got "${name}"`,
      );
    }
    counts[name]++;
  }
  const few = classes.filter((name) => counts[name] < LEAST_PATIENTS);
  if (few.length > 0) {
    throw new EvaluationError(
      "input",
      `tuning patients: expected at least ${LEAST_PATIENTS} of every class to fit a decision, got ` +
        `${few.map((name) => `${counts[name]} of ${name}`).join(", ")}; hold more patients out`,
    );
  }
  return counts;
}

/** A class's row: its evidence where its weights are, and its bias. [K][2 * evidence + K] */
function designOf(evidence: readonly (readonly number[])[], sound: number): number[][] {
  const nothing = EVIDENCE.map(() => 0);
  return evidence.map((own, k) => [
    ...(k === sound ? nothing : own),
    ...(k === sound ? own : nothing),
    ...evidence.map((_, other) => (other === k ? 1 : 0)),
  ]);
}

function namedWeights(values: readonly number[]): Record<Evidence, number> {
  const [objectMean, objectMax, imageMean, imageMax] = values;
  return { objectMean, objectMax, imageMean, imageMax };
}

interface LeaveOneOut {
  readonly penalty: number;
  readonly logLoss: number;
  /** Of each patient, by a model without them. */
  readonly probabilities: readonly number[][];
}

function leaveOneOut(cases: readonly Case[], penalty: number): LeaveOneOut {
  const probabilities = cases.map(({ design }, left) => {
    const others = cases.filter((_, i) => i !== left);
    return probabilitiesOf(design, fitMultinomial(others, penalty));
  });
  const total = cases.reduce((sum, { truth }, i) => sum - Math.log(probabilities[i][truth]), 0);
  return { penalty, logLoss: total / cases.length, probabilities };
}

function pointsOf(
  patients: readonly TuningPatient[],
  answers: readonly PatientAnswer[],
  noFractureClass: string,
): DecisionPoint[] {
  // A sum of probabilities may exceed 1 by a last bit.
  const scores = answers.map(({ fractureProbability }) => Math.min(1, fractureProbability));
  const positive = patients.map((patient) => patient.class !== noFractureClass);
  return POINTS_WANTED.flatMap((wanted) => {
    const point = chooseOperatingPoint(scores, positive, wanted);
    if (point === null) return [];
    const { threshold, sensitivity, specificity } = point;
    const probability = Number.isFinite(threshold) ? threshold : null;
    return [{ wanted, probability, sensitivity, specificity }];
  });
}

/** Null images (not annotated) tell nothing of where a fracture is. */
function thresholdOf(
  patients: readonly TuningPatient[],
  answers: readonly PatientAnswer[],
  classes: readonly string[],
  noFractureClass: string,
): number {
  const fractures = classes.filter((name) => name !== noFractureClass);
  const marked = patients.flatMap((patient, i) => {
    const shown = shownFindings(
      { noFractureClass, findingThreshold: 0 },
      answers[i],
      patient.images.map(({ findings }) => findings),
    );
    return patient.images
      .map((image, k) => ({ ...image, findings: shown[k] }))
      .filter(({ truths }) => truths !== null)
      .map((image) => markedImage(image, patient.id, fractures, FOUND_IOU));
  });
  const [{ score }] = frocOf(marked, [FALSE_POSITIVES_PER_IMAGE], { seed: 1, resamples: 1 });
  return score ?? 1;
}
