/** How a classifier's probabilities are calibrated; it stands in the classifier's file. */
import { z } from "zod";

export const classifierCalibrationSchema = z.strictObject({
  /** What logits are divided by. */
  temperature: z.number().positive(),
  fittedOn: z.strictObject({
    radiographs: z.int().positive(),
    /** Mean log loss on them, before and with it. */
    logLossBefore: z.number().nonnegative(),
    logLoss: z.number().nonnegative(),
  }),
});
export type ClassifierCalibration = z.infer<typeof classifierCalibrationSchema>;
