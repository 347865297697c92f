/**
 * Training runs as their folders tell of them. Only what is shown is asked for, so that runs of other
 * versions can be looked at too.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type EndReason, readJson, upgradeRecipe } from "@malleolus/schema";
import { z } from "zod";
import { RunError } from "./errors.ts";
import { readShownEvents } from "./events.ts";

/** What is shown of a recipe, and all the rest of it, to compare: in the same words for every version. */
const shownRecipeSchema = z.preprocess(
  upgradeRecipe,
  z.looseObject({
    name: z.string(),
    steps: z.int().positive(),
    /** Absent in recipes of earlier versions. */
    validation: z.looseObject({ metric: z.string() }).nullish(),
  }),
);
export type ShownRecipe = z.infer<typeof shownRecipeSchema>;

export interface RunValidation {
  readonly step: number;
  /** By metric; null where the tuning set did not have what it takes. */
  readonly measures: Readonly<Record<string, number | null>>;
}

export interface TrainingRun {
  readonly path: string;
  readonly recipe: ShownRecipe;
  /** Losses of its steps, in their order. */
  readonly losses: readonly { readonly step: number; readonly loss: number }[];
  readonly validations: readonly RunValidation[];
  readonly summary: RunSummary;
}

export interface RunSummary {
  readonly run: string;
  readonly recipe: string;
  readonly steps: number;
  readonly stepsPlanned: number;
  /** Mean of the last 50 steps; null before the first. */
  readonly loss: number | null;
  /** The best validation, by the recipe's metric; null where none gave it a number. */
  readonly best: { readonly metric: string; readonly value: number; readonly step: number } | null;
  /** Over the last 50 steps; null before the first. */
  readonly imagesPerSecond: number | null;
  /** Of all steps. */
  readonly trainedSeconds: number;
  /** Of the first and last event, in ISO 8601; null without any. */
  readonly began: string | null;
  readonly last: string | null;
  /** `open`: still going on, or cut off. */
  readonly state: EndReason | "open";
}

const AVERAGED = 50;

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
  if (!isRun(folder)) {
    throw new RunError(
      "run",
      `${folder}: expected the folder of a training, with recipe.json and events.jsonl; ` +
        "give the --out of malleolus train",
    );
  }
  const recipe = readShownRecipe(folder);
  const events = readShownEvents(join(folder, "events.jsonl"));
  const steps = events.flatMap((event) => ("loss" in event ? [event] : []));
  const losses = steps.flatMap(({ step, loss }) => (Number.isNaN(loss) ? [] : [{ step, loss }]));
  const recent = steps.slice(-AVERAGED);
  const recentLosses = losses.slice(-AVERAGED).map(({ loss }) => loss);
  const validations = events.flatMap((event) => ("measures" in event ? [event] : []));
  const end = events.at(-1);
  const done = steps.at(-1)?.step ?? 0;
  return {
    path: folder,
    recipe,
    losses,
    validations,
    summary: {
      run: folder,
      recipe: recipe.name,
      steps: done,
      stepsPlanned: recipe.steps,
      loss: recentLosses.length === 0 ? null : sum(recentLosses) / recentLosses.length,
      best: bestOf(validations, recipe),
      imagesPerSecond:
        recent.length === 0
          ? null
          : sum(recent.map((step) => step.imagesPerSecond * step.seconds)) /
            sum(recent.map((step) => step.seconds)),
      trainedSeconds: sum(steps.map(({ seconds }) => seconds)),
      began: events.at(0)?.time ?? null,
      last: end?.time ?? null,
      state: end !== undefined && "reason" in end ? end.reason : "open",
    },
  };
}

/** What is shown of a run's recipe, of any version. */
export function readShownRecipe(folder: string): ShownRecipe {
  const path = join(folder, "recipe.json");
  return readJson(shownRecipeSchema, readFileSync(path, "utf8"), path);
}

function bestOf(
  validations: readonly (RunValidation & { readonly isBest: boolean })[],
  { validation }: ShownRecipe,
): RunSummary["best"] {
  const found = validations.findLast(({ isBest }) => isBest);
  const metric = validation?.metric;
  if (found === undefined || metric === undefined) return null;
  const value = found.measures[metric] ?? null;
  return value === null ? null : { metric, value, step: found.step };
}

function isRun(folder: string): boolean {
  return ["recipe.json", "events.jsonl"].every((name) => existsSync(join(folder, name)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
