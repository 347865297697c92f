/**
 * A patient's class, with its probabilities: one coherent answer from all views.
 *
 * First whether there is a fracture (its probability is that of all fracture classes together), then
 * of which class. A class that is likelier than any single fracture class is not yet likelier than a
 * fracture: with A 0.3, B 0.3 and none 0.4 there is one, with 0.6.
 */
import {
  EVIDENCE,
  type Finding,
  type PatientAnswer,
  type PatientDecision,
} from "@malleolus/schema";
import { evidenceOf, type ViewEvidence } from "./evidence.ts";
import { softmax } from "./multinomial.ts";

/**
 * @throws EvaluationError `input` without a view, and for views of a detector that the decision is not
 *   for.
 */
export function decidePatient(
  decision: PatientDecision,
  views: readonly ViewEvidence[],
): PatientAnswer {
  const { classes, noFractureClass, weights, bias } = decision;
  const evidence = evidenceOf(views, decision);
  const logits = classes.map((name, index) => {
    const own = name === noFractureClass ? weights.noFracture : weights.fracture;
    return EVIDENCE.reduce((sum, key, k) => sum + own[key] * evidence[index][k], bias[name] ?? 0);
  });
  return answerOf(classes, noFractureClass, softmax(logits));
}

/** From probabilities in the order of the classes. */
export function answerOf(
  classes: readonly string[],
  noFractureClass: string,
  probabilities: readonly number[],
): PatientAnswer {
  const sound = classes.indexOf(noFractureClass);
  const fractureProbability = probabilities.reduce(
    (sum, p, index) => (index === sound ? sum : sum + p),
    0,
  );
  const fractures = classes.map((_, index) => index).filter((index) => index !== sound);
  const likeliest = fractures.reduce((best, index) =>
    probabilities[index] > probabilities[best] ? index : best,
  );
  return {
    class: fractureProbability > 0.5 ? classes[likeliest] : noFractureClass,
    probabilities: Object.fromEntries(classes.map((name, index) => [name, probabilities[index]])),
    fractureProbability,
  };
}

/**
 * What of each view's findings is shown beside the answer, so that they do not contradict it: nothing
 * for a patient without a fracture; for one with a fracture the findings from the decision's threshold
 * on, and if there is none on any view, the best one.
 */
export function shownFindings<T extends Pick<Finding, "score">>(
  {
    noFractureClass,
    findingThreshold,
  }: Pick<PatientDecision, "noFractureClass" | "findingThreshold">,
  answer: Pick<PatientAnswer, "class">,
  views: readonly (readonly T[])[],
): T[][] {
  if (answer.class === noFractureClass) return views.map(() => []);
  const best = Math.max(...views.flat().map(({ score }) => score));
  const from = Math.min(findingThreshold, best);
  return views.map((findings) => findings.filter(({ score }) => score >= from));
}
