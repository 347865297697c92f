/** A decision's operating points on the patients of a test, on whom they were not chosen. */
import type { DecisionPoint, PatientDecision, Proportion } from "@malleolus/schema";
import type { PatientOutcome } from "../classification.ts";
import { measuredAt } from "./operating-point.ts";

export interface AppliedPoint {
  /** As it was chosen, on the tuning patients. */
  readonly chosen: DecisionPoint;
  readonly sensitivity: Proportion;
  readonly specificity: Proportion;
  /** Who is called a fracture, by the places of the outcomes. */
  readonly called: readonly number[];
}

/** `outcomes` are the decision's; none for a decision without points. */
export function appliedPoints(
  decision: PatientDecision | null,
  outcomes: readonly PatientOutcome[],
): AppliedPoint[] {
  if (decision === null) return [];
  const { operatingPoints = [], noFractureClass } = decision;
  const scores = outcomes.map(({ prediction }) => prediction.fractureScore);
  const positive = outcomes.map(({ truth }) => truth !== noFractureClass);
  return operatingPoints.map((chosen) => {
    // An outcome's score is its probability less the half that decides.
    const threshold =
      chosen.probability === null ? Number.POSITIVE_INFINITY : chosen.probability - 0.5;
    return {
      chosen,
      ...measuredAt(threshold, scores, positive),
      called: scores.flatMap((score, place) => (score >= threshold ? [place] : [])),
    };
  });
}
