/** Which of two values of a metric is better. */
import type { ValidationMetric } from "@malleolus/schema";

/** NaN is never better. */
export function isBetter(metric: ValidationMetric, value: number | null, than: number): boolean {
  if (value === null || !Number.isFinite(value)) return false;
  return metric === "loss" ? value < than : value > than;
}
