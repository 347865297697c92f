/** Runs and their differences as tables, for a person. */
import type { RecipeDifference, RunSummary } from "@malleolus/runs";
import { alignedTable } from "../aligned-table.ts";
import { describeDuration } from "../training-progress.ts";

export function describeRuns(runs: readonly RunSummary[]): string {
  const rows = runs.map((run) => [
    run.run,
    run.recipe,
    run.state,
    `${run.steps}/${run.stepsPlanned}`,
    run.loss?.toFixed(3) ?? "–",
    run.best === null ? "–" : `${run.best.metric} ${run.best.value.toFixed(3)}`,
    run.best === null ? "–" : String(run.best.step),
    run.imagesPerSecond?.toFixed(1) ?? "–",
    describeDuration(run.trainedSeconds),
    moment(run.last),
  ]);
  const head = [
    ...["run", "recipe", "state", "steps", "loss", "best", "at step"],
    ...["images/s", "trained", "last event"],
  ];
  return alignedTable([head, ...rows], 3);
}

/** One column a run, headed by its name. */
export function describeDifferences(
  names: readonly string[],
  found: readonly RecipeDifference[],
): string {
  if (found.length === 0) return "the recipes are the same\n";
  const rows = found.map(({ key, values }) => [key, ...values.map(short)]);
  return alignedTable([["recipe", ...names], ...rows], 1 + names.length);
}

/** `2026-11-23 17:05`, in UTC as it is stored. */
function moment(time: string | null): string {
  return time === null ? "–" : time.slice(0, 16).replace("T", " ");
}

const LONGEST = 40;

function short(value: unknown): string {
  if (value === undefined) return "–";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
