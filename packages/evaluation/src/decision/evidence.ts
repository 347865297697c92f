/**
 * From a detector's analyses of a patient's views to the numbers that decide: for every class four log
 * odds, whatever the number of views.
 *
 * Sums over views are not comparable between patients with one view and with three; means and maxima
 * are. A probability of 0 or 1 has no log odds, so that all are kept within a hundredth of them.
 */
import { EVIDENCE, type PatientDecision, type RadiographAnalysis } from "@malleolus/schema";
import { EvaluationError } from "../errors.ts";

/** What is known of one view. */
export type ViewEvidence = Pick<RadiographAnalysis, "classScores" | "imageProbabilities">;

/** What decides, and for which classes. */
export type EvidenceOf = Pick<PatientDecision, "classes" | "noFractureClass" | "usesImageHead">;

const LEAST = 0.01;

/**
 * For each class the four numbers of `EVIDENCE`, in the order of the classes; 0 for the image head
 * where it has no say.
 *
 * @throws EvaluationError `input` without a view, for a class that a view says nothing of, and where
 *   an image head is asked for that is not there.
 */
export function evidenceOf(views: readonly ViewEvidence[], given: EvidenceOf): number[][] {
  if (views.length === 0) {
    throw new EvaluationError("input", "a patient: expected at least one radiograph, got none");
  }
  return given.classes.map((name) => {
    const objects = views.map(({ classScores }) => logOdds(classScores[name], name));
    const images = given.usesImageHead
      ? views.map(({ imageProbabilities }) => logOdds(imageProbabilities?.[name], name))
      : [0];
    const values = {
      objectMean: mean(objects),
      objectMax: Math.max(...objects),
      imageMean: mean(images),
      imageMax: Math.max(...images),
    };
    return EVIDENCE.map((key) => values[key]);
  });
}

function logOdds(probability: number | undefined, name: string): number {
  if (probability === undefined || !(probability >= 0 && probability <= 1)) {
    throw new EvaluationError(
      "input",
      `a radiograph: expected a probability of ${name} from 0 to 1, got ${probability}; decide with ` +
        "the detector that the decision was fitted for",
    );
  }
  const kept = Math.min(1 - LEAST, Math.max(LEAST, probability));
  return Math.log(kept / (1 - kept));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
