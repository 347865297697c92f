/** The input of an evaluation: the patients of a test set, with truth and findings. */
import type { Box, Polygon } from "@malleolus/geometry";
import type { Finding, RadiographAnalysis, View } from "@malleolus/schema";

/** An instance that is really there, in pixels of the image. */
export interface TruthObject {
  readonly class: string;
  readonly box: Box;
  /** Their union is the object, whichever way they turn. */
  readonly polygons: readonly Polygon[];
}

export interface TestImage {
  readonly id: string;
  readonly view: View | null;
  readonly width: number;
  readonly height: number;
  readonly findings: readonly Finding[];
  /**
   * The highest score of every class on it, and the image head's probabilities: `RadiographAnalysis`.
   * Without them a class's score is the highest among the findings.
   */
  readonly classScores?: RadiographAnalysis["classScores"];
  readonly imageProbabilities?: RadiographAnalysis["imageProbabilities"];
  /**
   * Empty where nothing can be seen; null where nobody has annotated the image, which then counts in
   * the patient's score and in nothing that is measured in pixels.
   */
  readonly truths: readonly TruthObject[] | null;
}

export interface TestPatient {
  readonly id: string;
  readonly class: string;
  /** Whether the readers of the test set disagreed at first; null where that is unknown. */
  readonly ambiguous: boolean | null;
  readonly images: readonly TestImage[];
}
