/** The prediction for one file: `NAME.json`, and a line of `--json`. */
import { z } from "zod";
import { findingSchema } from "./finding.ts";
import { imageSchema } from "./image.ts";
import { patientAnswerSchema } from "./patient-decision.ts";
import { radiographAnalysisSchema } from "./radiograph-analysis.ts";

const { width, height, pixelSpacingMm, spacingSource } = imageSchema.shape;
const { classScores, imageProbabilities } = radiographAnalysisSchema.shape;

export const predictionSchema = z.strictObject({
  /** Earlier files do not say it. */
  format: z.literal("malleolus-prediction-1").default("malleolus-prediction-1"),
  file: z.string().min(1),
  /** The `model.safetensors` that found it. */
  detector: z.string().min(1),
  /** The least score of a finding that is shown. */
  scoreThreshold: z.number().min(0).max(1),
  width,
  height,
  pixelSpacingMm,
  spacingSource,
  findings: z.array(findingSchema).readonly(),
  classScores,
  imageProbabilities,
  /** Whom the file names; null where it names nobody. */
  patient: z.string().nullable(),
  /** Of all files of the patient; null where the detector has no decision. */
  answer: patientAnswerSchema
    .extend({
      radiographs: z.int().positive(),
      /** The share of patients with a fracture at which the probabilities hold; earlier files lack it. */
      prevalence: z.number().min(0).max(1).optional(),
      /** The classes that cannot be excluded at an error rate, where one was asked for. */
      notExcluded: z
        .strictObject({
          errorRate: z.number().gt(0).lt(1),
          classes: z.array(z.string().min(1)).readonly(),
        })
        .optional(),
    })
    .nullable(),
});
export type Prediction = z.infer<typeof predictionSchema>;
