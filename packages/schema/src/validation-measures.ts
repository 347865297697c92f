/** The measures of a validation, and those that can choose the best checkpoint. */
import { z } from "zod";
import type { ModelConfig } from "./model-config.ts";

type ModelKind = ModelConfig["kind"];

export const validationMetricSchema = z.enum([
  "box AP",
  "box AP50",
  "mask AP",
  "mask AP50",
  "mean Dice",
  "macro AUC",
  "loss",
]);
export type ValidationMetric = z.infer<typeof validationMetricSchema>;

/** By the kind of network: what it is measured by. */
export const validationMetrics: Readonly<Record<ModelKind, readonly ValidationMetric[]>> = {
  "mask-rcnn": ["box AP", "box AP50", "mask AP", "mask AP50", "loss"],
  segmentation: ["mean Dice", "loss"],
  classification: ["macro AUC", "loss"],
};

/** By name; null where the tuning set does not have what it takes. */
export const validationMeasuresSchema = z.record(z.string(), z.number().nullable()).readonly();
export type ValidationMeasures = z.infer<typeof validationMeasuresSchema>;
