/** A comparison of screening with a truth in figures: precision and recall, by language. */
import { measureScreening, proportionOf, type ScreeningMeasure } from "@malleolus/evaluation";
import { type Proportion, screenedStateSchema } from "@malleolus/schema";
import type { TruthComparison } from "@malleolus/studies";

export interface MeasuredTruth extends Omit<TruthComparison, "languages"> {
  readonly languages: readonly MeasuredLanguage[];
}

export interface MeasuredLanguage {
  readonly language: string;
  readonly cases: number;
  readonly measures: readonly ScreeningMeasure[];
  /** Of the cases rightly excluded, those whose true code is among the decision's. */
  readonly codes: Proportion;
}

export function measureTruth(truth: TruthComparison): MeasuredTruth {
  return {
    ...truth,
    languages: truth.languages.map(({ language, cases, withRightCode, rightlyExcluded }) => ({
      language,
      cases: cases.length,
      measures: measureScreening(cases, screenedStateSchema.options),
      codes: proportionOf(withRightCode, rightlyExcluded),
    })),
  };
}
