/** Precision and recall of screening, for each state. */
import type { Proportion, ScreenedState } from "@malleolus/schema";
import { proportionOf } from "./proportion.ts";

export interface ScreeningMeasure {
  readonly state: ScreenedState;
  /** Precision: cases of this state by truth, of the cases predicted so. */
  readonly precision: Proportion;
  /** Recall: cases predicted so, of the cases of this state by truth. */
  readonly recall: Proportion;
}

/** Where screening put a case, and where it is so. */
export interface ScreenedCase {
  readonly predicted: ScreenedState;
  readonly actual: ScreenedState;
}

export function measureScreening(
  cases: readonly ScreenedCase[],
  states: readonly ScreenedState[],
): ScreeningMeasure[] {
  return states.map((state) => {
    const predicted = cases.filter((one) => one.predicted === state);
    const belonging = cases.filter((one) => one.actual === state);
    const right = predicted.filter((one) => one.actual === state).length;
    return {
      state,
      precision: proportionOf(right, predicted.length),
      recall: proportionOf(right, belonging.length),
    };
  });
}
