/** The measures of a validation, and those that can choose the best checkpoint. */
import { z } from "zod";

export const validationMetricSchema = z.enum([
  "box AP",
  "box AP50",
  "mask AP",
  "mask AP50",
  "loss",
]);
export type ValidationMetric = z.infer<typeof validationMetricSchema>;

/** By name; null where the tuning set does not have what it takes. */
export const validationMeasuresSchema = z.record(z.string(), z.number().nullable()).readonly();
export type ValidationMeasures = z.infer<typeof validationMeasuresSchema>;
