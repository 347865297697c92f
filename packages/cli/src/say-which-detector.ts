/** Prints which of a run's checkpoints is used, if nobody named one. */
import type { FoundDetector } from "@malleolus/runs";
import type { Output } from "./output.ts";

export function sayWhichDetector({ path, chosen }: FoundDetector, { writeError }: Output): void {
  if (chosen === null) return;
  const which =
    chosen.which === "best"
      ? "the best checkpoint of the run's validations"
      : "the run's latest checkpoint";
  writeError(`${which}, after step ${chosen.step}: ${path}\n`);
}
