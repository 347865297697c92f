/**
 * A run's folder as it is written: its losses, its validations and the figures they amount to. Who looks once asks
 * once (`training-run.ts`); who looks while it trains asks again, and only what is new is read. A run that resumes
 * cuts its file back, and what was known of it begins anew.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type EndReason, readJson, upgradeRecipe } from "@malleolus/schema";
import { z } from "zod";
import { followEvents, type ShownEvent } from "./follow-events.ts";

/** What is shown of a recipe, and all the rest of it, to compare: in the same words for every version. */
const shownRecipeSchema = z.preprocess(
  upgradeRecipe,
  z.looseObject({
    name: z.string(),
    steps: z.int().positive(),
    /** Absent in recipes of earlier versions. */
    validation: z.looseObject({ metric: z.string() }).nullish(),
    model: z.looseObject({ kind: z.string() }).nullish(),
  }),
);
export type ShownRecipe = z.infer<typeof shownRecipeSchema>;

export interface RunLoss {
  readonly step: number;
  readonly loss: number;
}

export interface RunValidation {
  readonly step: number;
  /** By metric; null where the tuning set did not have what it takes. */
  readonly measures: Readonly<Record<string, number | null>>;
}

export interface RunFigures {
  /** Done so far. */
  readonly steps: number;
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
  /** Null for one that goes on, or was cut off. */
  readonly end: EndReason | null;
}

export interface FollowedRun {
  readonly path: string;
  /** Null before it is written. */
  readonly recipe: ShownRecipe | null;
  /** Losses of its steps, in their order; without those that were no number. */
  readonly losses: readonly RunLoss[];
  readonly validations: readonly RunValidation[];
  readonly figures: RunFigures;
  /** Raised whenever what was known before does not hold any more. */
  readonly generation: number;
}

const AVERAGED = 50;

/**
 * Asks again and again how a run stands. The answer's lists grow by the next question.
 *
 * @throws SchemaError for a file that is damaged, each time that it is asked.
 */
export function followRun(path: string): () => FollowedRun {
  const next = followEvents(join(path, "events.jsonl"));
  let recipe: ShownRecipe | null = null;
  let [told, generation] = [nothingTold(), 0];
  return () => {
    recipe ??= readShownRecipe(path);
    const found = next();
    if (found?.isAnew) {
      told = nothingTold();
      generation += 1;
    }
    for (const event of found?.events ?? []) addEvent(told, event);
    const { losses, validations } = told;
    return { path, recipe, losses, validations, figures: figuresOf(told, recipe), generation };
  };
}

/** What is shown of a run's recipe, of any version; null where it has none yet. */
function readShownRecipe(folder: string): ShownRecipe | null {
  const path = join(folder, "recipe.json");
  if (!existsSync(path)) return null;
  return readJson(shownRecipeSchema, readFileSync(path, "utf8"), path);
}

interface Told {
  readonly losses: RunLoss[];
  readonly validations: RunValidation[];
  /** Of the last steps. */
  readonly recent: { readonly seconds: number; readonly imagesPerSecond: number }[];
  best: RunValidation | null;
  steps: number;
  trainedSeconds: number;
  began: string | null;
  last: string | null;
  end: EndReason | null;
}

function nothingTold(): Told {
  return {
    losses: [],
    validations: [],
    recent: [],
    best: null,
    steps: 0,
    trainedSeconds: 0,
    began: null,
    last: null,
    end: null,
  };
}

function addEvent(told: Told, event: ShownEvent): void {
  told.began ??= event.time;
  told.last = event.time;
  told.end = "reason" in event ? event.reason : null;
  if ("loss" in event) {
    const { step, loss, seconds, imagesPerSecond } = event;
    told.steps = step;
    told.trainedSeconds += seconds;
    if (!Number.isNaN(loss)) told.losses.push({ step, loss });
    told.recent.push({ seconds, imagesPerSecond });
    if (told.recent.length > AVERAGED) told.recent.shift();
  } else if ("measures" in event) {
    const { step, measures, isBest } = event;
    told.validations.push({ step, measures });
    if (isBest) told.best = { step, measures };
  }
}

function figuresOf(told: Told, recipe: ShownRecipe | null): RunFigures {
  const { losses, recent, steps, trainedSeconds, began, last, end } = told;
  const lately = losses.slice(-AVERAGED);
  const seconds = sum(recent.map((one) => one.seconds));
  const images = sum(recent.map((one) => one.imagesPerSecond * one.seconds));
  return {
    steps,
    loss: lately.length === 0 ? null : sum(lately.map(({ loss }) => loss)) / lately.length,
    best: bestOf(told, recipe),
    imagesPerSecond: seconds === 0 ? null : images / seconds,
    trainedSeconds,
    began,
    last,
    end,
  };
}

function bestOf({ best }: Told, recipe: ShownRecipe | null): RunFigures["best"] {
  const metric = recipe?.validation?.metric;
  if (best === null || metric === undefined) return null;
  const value = best.measures[metric] ?? null;
  return value === null ? null : { metric, value, step: best.step };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
