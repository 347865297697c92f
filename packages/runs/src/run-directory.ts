/**
 * A run's directory: `recipe.json`, `events.jsonl`, `checkpoints/`, and a lock while someone
 * trains. Opening one finds where the run stands; it never mixes two recipes.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { causeText } from "@malleolus/errors";
import type { CheckpointState, Recipe } from "@malleolus/schema";
import { type Checkpoint, flushDirectory, latestCheckpoint, readState } from "./checkpoint.ts";
import { RunError } from "./errors.ts";
import { lockRun } from "./lock.ts";
import { parseRecipe } from "./read-recipe.ts";
import { type RecipeDifference, recipeDifferences } from "./recipe-differences.ts";

export interface RunDirectory {
  readonly path: string;
  readonly eventsPath: string;
  /** Where the run stands; null before its first checkpoint. */
  readonly latest: { readonly checkpoint: Checkpoint; readonly state: CheckpointState } | null;
  /** Lets others train into it. */
  close(): void;
}

/**
 * Creates a run's directory, or opens the one that holds this very recipe.
 *
 * @throws RunError `run` where another process trains into it, `recipe` where it holds a run
 *   of another recipe (the message says what differs), `checkpoint` where its checkpoint is not
 *   this recipe's.
 */
export function openRunDirectory(path: string, recipe: Recipe): RunDirectory {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw new RunError("run", `${path}: cannot be created: ${causeText(cause)}`, { cause });
  }
  const lock = lockRun(path);
  try {
    const recipePath = join(path, "recipe.json");
    if (existsSync(recipePath)) checkSameRecipe(recipePath, recipe);
    else writeRecipe(path, recipePath, recipe);
    const checkpoint = latestCheckpoint(path);
    return {
      path,
      eventsPath: join(path, "events.jsonl"),
      latest: checkpoint === null ? null : { checkpoint, state: stateOf(checkpoint, recipe) },
      close: () => lock.release(),
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function checkSameRecipe(recipePath: string, recipe: Recipe): void {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(recipePath, "utf8"));
  } catch (cause) {
    throw new RunError("recipe", `${recipePath}: not a recipe: ${causeText(cause)}`, {
      cause,
    });
  }
  const found = recipeDifferences([parseRecipe(value, recipePath), recipe]);
  if (found.length === 0) return;
  throw new RunError(
    "recipe",
    `${recipePath}: this run has another recipe: ${describe(found)}; ` +
      "repeat its options to go on with it, or train into another directory",
  );
}

function stateOf(checkpoint: Checkpoint, recipe: Recipe): CheckpointState {
  const state = readState(checkpoint);
  const found = recipeDifferences([state.recipe, recipe]);
  if (found.length === 0) return state;
  throw new RunError(
    "checkpoint",
    `${checkpoint.path}: a checkpoint of another recipe: ${describe(found)}; remove it`,
  );
}

const NAMED_AT_MOST = 4;

function describe(found: readonly RecipeDifference[]): string {
  const named = found
    .slice(0, NAMED_AT_MOST)
    .map(
      ({ key, values: [there, here] }) => `${key} is ${short(there)} there and ${short(here)} here`,
    );
  const more = found.length - named.length;
  return `${named.join(", ")}${more > 0 ? `, and ${more} more differences` : ""}`;
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? "absent";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function writeRecipe(directory: string, path: string, recipe: Recipe): void {
  const aside = `${path}.tmp`;
  try {
    writeFileSync(aside, `${JSON.stringify(recipe, null, 2)}\n`, { flush: true });
    renameSync(aside, path);
    flushDirectory(directory);
  } catch (cause) {
    rmSync(aside, { force: true });
    throw new RunError("run", `${path}: cannot be written: ${causeText(cause)}`, { cause });
  }
}
