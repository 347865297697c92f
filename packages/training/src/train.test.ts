import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import test, { type TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import { liveTensors, setThreads } from "@malleolus/torch";
import type { Recipe } from "./recipe.ts";
import { tinyRecipe } from "./recipes/tiny.ts";
import { resolveRecipe } from "./resolve-recipe.ts";
import { latestCheckpoint } from "./run/checkpoint.ts";
import type { Event } from "./run/events.ts";
import { writeSyntheticSet } from "./synthetic-set.ts";
import { type TrainingOptions, train } from "./train.ts";

// Sums in another order are other sums: only one thread gives the same bits every time.
setThreads(1);

interface Prepared {
  readonly folder: string;
  readonly recipe: Recipe;
  /** Options of a run in `folder/name`. */
  readonly options: (name: string, changes?: Partial<TrainingOptions>) => TrainingOptions;
}

async function prepare(context: TestContext, changes: Partial<Recipe> = {}): Promise<Prepared> {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-train-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const set = await writeSyntheticSet(join(folder, "set"), 9);
  const recipe = resolveRecipe({ ...tinyRecipe, ...changes }, set, null);
  return {
    folder,
    recipe,
    options: (name, others) => ({
      recipe,
      set,
      weights: null,
      directory: join(folder, name),
      workers: 0,
      stop: new AbortController().signal,
      onEvent: () => undefined,
      ...others,
    }),
  };
}

function eventsOf(directory: string): Event[] {
  const text = readFileSync(join(directory, "events.jsonl"), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** All that a step computed, without how long it took. */
function learned(directory: string): unknown[] {
  return eventsOf(directory).flatMap((event) => {
    if (event.event !== "step") return [];
    const { step, loss, losses, gradientNorm, learningRate } = event;
    return [{ step, loss, losses, gradientNorm, learningRate }];
  });
}

/** Trains in a process of its own; kills it without a word a while after its n-th event. */
async function trainInChild(
  { folder, recipe }: Prepared,
  name: string,
  workers: number,
  kill?: { readonly afterEvents: number; readonly waitMs: number },
): Promise<void> {
  const script = `
    import { setThreads } from "@malleolus/torch";
    import { readTrainingSet, train } from ${JSON.stringify(join(import.meta.dirname, "index.ts"))};
    setThreads(1);
    const folder = ${JSON.stringify(join(folder, "set"))};
    await train({
      recipe: ${JSON.stringify(recipe)},
      set: await readTrainingSet(folder + "/train.json", folder),
      weights: null,
      directory: ${JSON.stringify(join(folder, name))},
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

test("train: killed at any moment, it resumes to the same losses bit for bit", async (context) => {
  const prepared = await prepare(context);
  await trainInChild(prepared, "whole", 1);
  const expected = learned(join(prepared.folder, "whole"));
  assert.equal(expected.length, prepared.recipe.steps);

  const moment = (afterEvents: number) => ({ afterEvents, waitMs: 300 * Math.random() });
  // Right after the start; amid a step or the first checkpoint; after one.
  for (const [workers, kill] of [
    [0, moment(1)],
    [2, moment(3)],
    [1, moment(4)],
  ] as const) {
    await trainInChild(prepared, "killed", workers, kill);
  }
  await trainInChild(prepared, "killed", 0);
  assert.deepEqual(learned(join(prepared.folder, "killed")), expected);
});

for (const batchParts of [1, 2]) {
  test(`train: stopped, it leaves a checkpoint after the step, and goes on from there; a batch in ${batchParts} parts`, (context) =>
    stopAndGoOn(context, batchParts));
}

async function stopAndGoOn(context: TestContext, batchParts: number): Promise<void> {
  const { options, recipe } = await prepare(context, {
    steps: 4,
    checkpointEverySteps: 100,
    batchParts,
  });
  const before = liveTensors();
  const whole = await train(options("whole"));
  assert.deepEqual([whole.reason, whole.checkpoint.step], ["done", 4]);
  assert.equal(liveTensors(), before, "tensors were left behind");

  const controller = new AbortController();
  const stopped = await train(
    options("stopped", {
      stop: controller.signal,
      onEvent: (event) => event.event === "step" && event.step === 2 && controller.abort(),
    }),
  );
  const directory = options("stopped").directory;
  assert.deepEqual([stopped.reason, stopped.checkpoint.step], ["stopped", 2]);
  assert.equal(eventsOf(directory).at(-1)?.event, "end");
  assert.ok(!existsSync(join(directory, "lock")));

  assert.equal((await train(options("stopped"))).reason, "done");
  assert.deepEqual(learned(directory), learned(options("whole").directory));
  assert.deepEqual(JSON.parse(readFileSync(join(directory, "recipe.json"), "utf8")), recipe);
}

test("train: the gradients of a batch's parts add up to their mean", async (context) => {
  // Nothing is drawn but what the parts share: one image, whole, and every anchor and region.
  const norms: number[] = [];
  for (const [batchSize, batchParts] of [
    [1, 1],
    [3, 3],
  ] as const) {
    const { options, recipe } = await prepare(context, { steps: 1, batchSize, batchParts });
    const { roi, rpn, ...model } = recipe.model;
    const all = 100_000;
    const given = options("run");
    const set = { ...given.set, images: given.set.images.slice(0, 1) };
    await train({
      ...given,
      set,
      recipe: {
        ...recipe,
        input: { ...recipe.input, minSizes: [64], flipProbability: 0, leastCropShare: 1 },
        model: {
          ...model,
          rpn: { ...rpn, batchSizePerImage: all, positiveFraction: 1 },
          roi: { ...roi, batchSizePerImage: all, positiveFraction: 1 },
        },
      },
    });
    for (const event of eventsOf(given.directory)) {
      if (event.event === "step") norms.push(event.gradientNorm);
    }
  }
  assert.ok(Math.abs(norms[0] - norms[1]) < 1e-3 * norms[0], `${norms[0]} and ${norms[1]}`);
});

test("train: a run that is done is left as it is", async (context) => {
  const { options } = await prepare(context, { steps: 1 });
  const first = await train(options("run"));
  const events = eventsOf(options("run").directory);
  assert.deepEqual(await train(options("run")), first);
  assert.deepEqual(eventsOf(options("run").directory), events);
});

test("train: another recipe, and a checkpoint of another, are refused with what differs", async (context) => {
  const { options, recipe } = await prepare(context, { steps: 1 });
  const { checkpoint } = await train(options("run"));
  await assert.rejects(train(options("run", { recipe: { ...recipe, seed: 2 } })), {
    code: "recipe",
    message: /recipe\.json: this run has another recipe: seed is 1 there and 2 here;/,
  });
  const statePath = join(checkpoint.path, "state.json");
  const state = JSON.parse(readFileSync(statePath, "utf8"));
  writeFileSync(statePath, JSON.stringify({ ...state, recipe: { ...recipe, batchSize: 3 } }));
  await assert.rejects(train(options("run")), {
    code: "checkpoint",
    message: /step-000001: a checkpoint of another recipe: batchSize is 3 there and 2 here;/,
  });
});

test("train: one process at a time", async (context) => {
  const { options } = await prepare(context, { steps: 1 });
  const first = train(options("run"));
  await assert.rejects(train(options("run")), /is training into this directory/);
  await first;
});

test("train: a loss that is no number ends it, and the last checkpoint stays", async (context) => {
  const { optimiser } = tinyRecipe;
  const { options } = await prepare(context, {
    checkpointEverySteps: 1,
    optimiser: {
      ...optimiser,
      clipNorm: null,
      schedule: {
        ...optimiser.schedule,
        baseLearningRate: 1e12,
        warmup: { steps: 0, factor: 1 },
      },
    },
  });
  await assert.rejects(train(options("run")), {
    name: "TrainingError",
    code: "diverged",
    message: /^step \d: the training diverged \(.*(NaN|Infinity)/,
  });
  const latest = latestCheckpoint(options("run").directory);
  assert.ok(latest !== null && latest.step >= 1);
  assert.deepEqual(
    readdirSync(join(options("run").directory, "checkpoints")).filter((name) =>
      name.startsWith("."),
    ),
    [],
  );
});

test("train: a file that cannot be read ends it with its path, and nothing half-written", async (context) => {
  const { options, folder } = await prepare(context, { steps: 20, checkpointEverySteps: 2 });
  const bad = join(folder, "set", "image-4.png");
  writeFileSync(bad, readFileSync(bad).subarray(0, 200));
  const before = liveTensors();
  await assert.rejects(train(options("run")), (error: Error) => error.message.startsWith(bad));
  assert.equal(liveTensors(), before, "tensors were left behind");
  assert.ok(!existsSync(join(options("run").directory, "lock")));
});
