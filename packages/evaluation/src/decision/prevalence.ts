/**
 * At which prevalence of fractures a decision's probabilities hold, and the same decision at another.
 *
 * Tuning patients are drawn by class and three in four of them may have a fracture; in an emergency
 * department it is one in seven. The evidence weighs the same there, what is held before it does not:
 * the biases move by the change of the prior log odds (Saerens, Latinne and Decaestecker, Neural
 * Computation 2002, equation 2.4). Classes of fractures keep their shares of the fractures.
 */
import type { DecisionPoint, PatientDecision } from "@malleolus/schema";
import { EvaluationError } from "../errors.ts";

/** The share of patients with a fracture, 0 to 1: as it was set, else that of the tuning patients. */
export function prevalenceOf({ prevalence, noFractureClass, fittedOn }: PatientDecision): number {
  if (prevalence !== undefined) return prevalence;
  const counts = Object.values(fittedOn.patients);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return 1 - (fittedOn.patients[noFractureClass] ?? 0) / total;
}

/** @throws EvaluationError `input` for a prevalence of nobody or of everybody. */
export function atPrevalence(decision: PatientDecision, prevalence: number): PatientDecision {
  if (!(prevalence > 0 && prevalence < 1)) {
    throw new EvaluationError(
      "input",
      `prevalence of fractures: expected a share between 0 and 1, got ${prevalence}; ` +
        "where nobody or everybody has a fracture there is nothing to decide",
    );
  }
  const before = prevalenceOf(decision);
  const fracture = Math.log(prevalence / before);
  const sound = Math.log((1 - prevalence) / (1 - before));
  const bias = Object.entries(decision.bias).map(
    ([name, value]) =>
      [name, value + (name === decision.noFractureClass ? sound : fracture)] as const,
  );
  const { operatingPoints } = decision;
  return {
    ...decision,
    bias: Object.fromEntries(bias),
    prevalence,
    ...(operatingPoints === undefined
      ? {}
      : { operatingPoints: operatingPoints.map((point) => moved(point, fracture - sound)) }),
  };
}

/** The same patients are called: all odds of a fracture move by the same factor. */
function moved(point: DecisionPoint, logOdds: number): DecisionPoint {
  const { probability } = point;
  if (probability === null) return point;
  const factor = Math.exp(logOdds);
  return {
    ...point,
    probability: (factor * probability) / (factor * probability + 1 - probability),
  };
}
