/**
 * A detector's analysis of one radiograph: its fractures, and the evidence for a patient's class.
 */
import { z } from "zod";
import { findingSchema } from "./finding.ts";

const probability = z.number().min(0).max(1);

export const radiographAnalysisSchema = z.strictObject({
  /** Fractures, one a place, by falling score: the probability that there is one of any class. */
  findings: z.array(findingSchema).readonly(),
  /**
   * Of every class, that of a sound bone too, the highest score of an object of it anywhere on the
   * radiograph; 0 without one.
   */
  classScores: z.record(z.string(), probability),
  /**
   * The probability that the radiograph shows each class, told from the whole image; null from a
   * detector without an image head.
   */
  imageProbabilities: z.record(z.string(), probability).nullable(),
});
export type RadiographAnalysis = z.infer<typeof radiographAnalysisSchema>;
