/**
 * Which classes of a patient cannot be excluded at a chosen error rate: a conformal set. It names one class where
 * the detector is sure, several where it is in doubt, and none where a patient is unlike all tuning patients.
 *
 * A class is excluded where so low a probability of it was rarer among its own tuning patients than the error rate
 * allows (Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World, 2005: label-conditional). The truth is
 * then missed in no larger share of each class's patients, whatever the detector is worth, as long as patients are
 * like the tuning patients; and at any prevalence, since each class is held against itself. Tuning patients were
 * decided by models without them, each a little another, so that the bound holds nearly and not exactly. A class with
 * few tuning patients is excluded by nothing: of 10 % errors it takes nine.
 */
import type { PatientAnswer, PatientDecision } from "@malleolus/schema";
import { EvaluationError } from "../errors.ts";
import { prevalenceOf } from "./prevalence.ts";

/**
 * The classes in the order of the decision; null for a decision that was fitted before there were such sets.
 *
 * @throws EvaluationError `input` for an error rate of nobody or of everybody.
 */
export function conformalSet(
  decision: PatientDecision,
  answer: Pick<PatientAnswer, "probabilities">,
  errorRate: number,
): string[] | null {
  if (!(errorRate > 0 && errorRate < 1)) {
    throw new EvaluationError(
      "input",
      `error rate: expected a share between 0 and 1, got ${errorRate}; 0.1 is usual`,
    );
  }
  const { classes, ownProbabilities } = decision;
  if (ownProbabilities === undefined) return null;
  const probabilities = asFitted(decision, answer.probabilities);
  return classes.filter((name) => {
    const own = ownProbabilities[name] ?? [];
    const asLow = own.filter((probability) => probability <= probabilities[name]).length;
    return (asLow + 1) / (own.length + 1) > errorRate;
  });
}

/** At the prevalence among the tuning patients, by which their own probabilities were told. */
function asFitted(
  decision: PatientDecision,
  probabilities: PatientAnswer["probabilities"],
): Record<string, number> {
  const { prevalence: _, ...asTuned } = decision;
  const [now, fitted] = [prevalenceOf(decision), prevalenceOf(asTuned)];
  const weights = Object.entries(probabilities).map(([name, probability]) => {
    const isSound = name === decision.noFractureClass;
    const change = isSound ? (1 - fitted) / (1 - now) : fitted / now;
    return [name, probability * change] as const;
  });
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  return Object.fromEntries(weights.map(([name, weight]) => [name, weight / total]));
}
