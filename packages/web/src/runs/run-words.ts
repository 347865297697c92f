/** A run's figures as they are written. */
import type { RunRow } from "@malleolus/schema";
import type { Translate } from "../strings/translate.ts";

export function stepsText({ steps, stepsPlanned }: RunRow): string {
  return stepsPlanned === null ? String(steps) : `${steps} / ${stepsPlanned}`;
}

export function bestText({ best }: RunRow, t: Translate): string {
  if (best === null) return "–";
  const { metric, value, step } = best;
  return t("runs.best value", { metric, value: value.toFixed(3), step });
}

export function numberText(value: number | null, decimals: number): string {
  return value === null ? "–" : value.toFixed(decimals);
}
