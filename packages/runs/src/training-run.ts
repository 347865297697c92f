/**
 * Training runs as their folders tell of them. Only what is shown is asked for, so that runs of other
 * versions can be looked at too.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { EndReason } from "@malleolus/schema";
import { RunError } from "./errors.ts";
import {
  followRun,
  type RunFigures,
  type RunLoss,
  type RunValidation,
  type ShownRecipe,
} from "./follow-run.ts";

export interface TrainingRun {
  readonly path: string;
  readonly recipe: ShownRecipe;
  /** Losses of its steps, in their order. */
  readonly losses: readonly RunLoss[];
  readonly validations: readonly RunValidation[];
  readonly summary: RunSummary;
}

export interface RunSummary extends Omit<RunFigures, "end"> {
  readonly run: string;
  readonly recipe: string;
  readonly stepsPlanned: number;
  /** `open`: still going on, or cut off. */
  readonly state: EndReason | "open";
}

/** Folders of runs in and below a folder, by name; hidden folders and packages are left out. */
export function runFolders(folder: string): string[] {
  if (isRun(folder)) return [folder];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^\.|^node_modules$/.test(entry.name))
    .map(({ name }) => join(folder, name))
    .sort()
    .flatMap(runFolders);
}

/**
 * @throws RunError `run` where the folder is not a run's, SchemaError for a file that is damaged.
 */
export function readRun(folder: string): TrainingRun {
  const found = isRun(folder) ? followRun(folder)() : null;
  if (found === null || found.recipe === null) {
    throw new RunError(
      "run",
      `${folder}: expected the folder of a training, with recipe.json and events.jsonl; ` +
        "give the --out of malleolus train",
    );
  }
  const { path, recipe, losses, validations, figures } = found;
  const { steps, end, ...rest } = figures;
  return {
    path,
    recipe,
    losses,
    validations,
    summary: {
      run: folder,
      recipe: recipe.name,
      steps,
      stepsPlanned: recipe.steps,
      ...rest,
      state: end ?? "open",
    },
  };
}

function isRun(folder: string): boolean {
  return ["recipe.json", "events.jsonl"].every((name) => existsSync(join(folder, name)));
}
