/** Where the validations of a run stand after one more, and whether it is over. */
import type { Recipe, Validated, ValidationMeasures } from "@malleolus/schema";
import { isBetter } from "./metrics.ts";

/** After one more validation; null before the first. */
export function afterValidation(
  before: Validated | null,
  step: number,
  measures: ValidationMeasures,
  { metric }: NonNullable<Recipe["validation"]>,
): Validated {
  const value = measures[metric] ?? null;
  const best = before?.best ?? null;
  const worst = metric === "loss" ? Infinity : -Infinity;
  if (value !== null && isBetter(metric, value, best?.value ?? worst)) {
    return { step, best: { step, value }, sinceBest: 0 };
  }
  return { step, best, sinceBest: (before?.sinceBest ?? 0) + 1 };
}

/** Whether a run that has made `step` steps is to validate, and has not. */
export function isValidationDue(
  { validation, steps }: Pick<Recipe, "validation" | "steps">,
  step: number,
  validated: Validated | null,
): boolean {
  if (validation === null || step === 0 || validated?.step === step) return false;
  return step % validation.everySteps === 0 || step === steps;
}

/** Why a run that has made `step` steps is over; null where it goes on. */
export function endOf(
  recipe: Pick<Recipe, "validation" | "steps">,
  step: number,
  validated: Validated | null,
): "done" | "stopped early" | null {
  const { validation, steps } = recipe;
  if (isValidationDue(recipe, step, validated)) return null;
  if (step >= steps) return "done";
  const patience = validation?.patience ?? null;
  return patience !== null && validated !== null && validated.sinceBest >= patience
    ? "stopped early"
    : null;
}
