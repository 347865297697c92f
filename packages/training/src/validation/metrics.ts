/** The metrics that can decide which checkpoint is the best, and what is better. */

export const VALIDATION_METRICS = ["box AP", "box AP50", "mask AP", "mask AP50", "loss"] as const;
export type ValidationMetric = (typeof VALIDATION_METRICS)[number];

/** What a validation measures; null where the tuning set does not have what it takes. */
export type Measures = Readonly<Record<ValidationMetric | "image AUC", number | null>>;

/** What is no number is never better. */
export function isBetter(metric: ValidationMetric, value: number | null, than: number): boolean {
  if (value === null || !Number.isFinite(value)) return false;
  return metric === "loss" ? value < than : value > than;
}
