/** For tests: runs of a small network on a few small images, here or in a process of its own. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import { readEvents } from "@malleolus/runs";
import type { Recipe, RunEvent } from "@malleolus/schema";
import type { TrainingSet } from "./data-set.ts";
import { resolveRecipe } from "./resolve-recipe.ts";
import { writeSyntheticSet } from "./test-synthetic-set.ts";
import { tinyRecipe } from "./test-tiny-recipe.ts";
import type { TrainingOptions } from "./training-options.ts";
import { holdOut } from "./tuning-set.ts";

export interface Prepared {
  readonly folder: string;
  readonly recipe: Recipe;
  readonly tuningShare: number | null;
  /** Options of a run in `folder/name`. */
  readonly options: (name: string, changes?: Partial<TrainingOptions>) => TrainingOptions;
}

/** Nine images, or with a tuning share six and three. */
export async function prepare(
  context: TestContext,
  changes: Partial<Recipe> = {},
  tuningShare: number | null = null,
): Promise<Prepared> {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-train-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const all = await writeSyntheticSet(join(folder, "set"), 9);
  const { set, tuning }: { set: TrainingSet; tuning: TrainingSet | null } =
    tuningShare === null ? { set: all, tuning: null } : holdOut(all, tuningShare, tinyRecipe.seed);
  const recipe = resolveRecipe({ ...tinyRecipe, ...changes }, set, null, tuning);
  return {
    folder,
    recipe,
    tuningShare,
    options: (name, others) => ({
      recipe,
      set,
      tuning,
      weights: null,
      directory: join(folder, name),
      device: "cpu",
      workers: 0,
      stop: new AbortController().signal,
      onEvent: () => undefined,
      ...others,
    }),
  };
}

export function eventsOf(directory: string): RunEvent[] {
  return readEvents(join(directory, "events.jsonl"));
}

/** All that a run computed: what its steps and validations found, without how long it took. */
export function computed(directory: string): object[] {
  return eventsOf(directory).flatMap((event): object[] => {
    if (event.event === "validation") {
      const { step, measures, losses, isBest } = event;
      return [{ step, measures, losses, isBest }];
    }
    if (event.event !== "step") return [];
    const { step, loss, losses, gradientNorm, learningRate } = event;
    return [{ step, loss, losses, gradientNorm, learningRate }];
  });
}

/** Trains in a process of its own; kills it without a word a while after its n-th event. */
export async function trainInChild(
  { folder, recipe, tuningShare }: Prepared,
  name: string,
  workers: number,
  kill?: { readonly afterEvents: number; readonly waitMs: number },
): Promise<void> {
  const script = `
    import { setThreads } from "@malleolus/torch";
    import { holdOut, readTrainingSet, train } from ${JSON.stringify(join(import.meta.dirname, "index.ts"))};
    setThreads(1);
    const folder = ${JSON.stringify(join(folder, "set"))};
    const recipe = ${JSON.stringify(recipe)};
    const share = ${JSON.stringify(tuningShare)};
    const all = await readTrainingSet(folder + "/train.json", folder);
    const { set, tuning } = share === null ? { set: all, tuning: null } : holdOut(all, share, recipe.seed);
    await train({
      recipe,
      set,
      tuning,
      weights: null,
      directory: ${JSON.stringify(join(folder, name))},
      device: "cpu",
      workers: ${workers},
      stop: new AbortController().signal,
      onEvent: (event) => console.log(event.event),
    });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    cwd: import.meta.dirname,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (data) => {
    said += data;
  });
  const closed = once(child, "close");
  let events = 0;
  for await (const _ of createInterface(child.stdout)) {
    if (++events !== kill?.afterEvents) continue;
    await setTimeout(kill.waitMs);
    child.kill("SIGKILL");
  }
  const [code, signal] = await closed;
  if (signal !== "SIGKILL") assert.equal(code, 0, said);
}
