import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { findDetector, latestCheckpoint, readState } from "@malleolus/runs";
import type { Recipe, RunEvent } from "@malleolus/schema";
import { liveTensors, setThreads } from "@malleolus/torch";
import { computed, eventsOf, type Prepared, prepare, trainInChild } from "./test-runs.ts";
import { tinyRecipe } from "./test-tiny-recipe.ts";
import { train } from "./train.ts";

// Sums in another order are other sums: only one thread gives the same bits every time.
setThreads(1);

const SHARE = 0.34;
const validation = { everySteps: 2, metric: "loss", patience: null } as const;
/** An epoch of the six radiographs that are left is three steps. */
const validated = { steps: 4, checkpointEverySteps: 3, validation } satisfies Partial<Recipe>;
const weightAverage = { decay: 0.9 };

type Validation = Extract<RunEvent, { event: "validation" }>;

function validationsOf(directory: string): Validation[] {
  return eventsOf(directory).filter((event) => event.event === "validation");
}

/** Stops a run when it has written its n-th event of a kind. */
async function stopAfter(
  { options }: Prepared,
  name: string,
  kind: RunEvent["event"],
  count: number,
): Promise<string> {
  const controller = new AbortController();
  let seen = 0;
  const { reason } = await train(
    options(name, {
      stop: controller.signal,
      onEvent: ({ event }) => {
        if (event === kind && ++seen === count) controller.abort();
      },
    }),
  );
  return reason;
}

/** The tensors' bytes of a run's latest checkpoint, by file. */
function tensorsOf(directory: string): Map<string, Buffer> {
  const latest = latestCheckpoint(directory);
  assert.ok(latest);
  const files = readdirSync(latest.path).filter((name) => name.endsWith(".safetensors"));
  return new Map(files.map((name) => [name, readFileSync(join(latest.path, name))]));
}

test("validation: training computes the same with it and without; what was looked at is in the record", async (context) => {
  const { options, recipe } = await prepare(context, { ...validated, steps: 3 }, SHARE);
  const before = liveTensors();
  const { reason, checkpoint } = await train(options("run"));
  assert.equal(liveTensors(), before, "tensors were left behind");
  assert.deepEqual([reason, checkpoint.step], ["done", 3]);
  const { directory, set, tuning } = options("run");
  const found = validationsOf(directory);
  assert.deepEqual(
    found.map(({ step }) => step),
    [2, 3],
  );
  const [start] = eventsOf(directory);
  assert.ok(start.event === "start");
  assert.deepEqual(
    start.tuning,
    tuning?.images.map(({ fileName }) => fileName),
  );
  assert.equal(start.images + (start.tuning?.length ?? 0), 9);
  assert.ok(set.images.every(({ fileName }) => !start.tuning?.includes(fileName)));
  for (const { measures, losses } of found) {
    const sum = Object.values(losses).reduce((total, part) => total + part, 0);
    assert.equal(measures.loss, sum);
    assert.ok(sum > 0 && measures["box AP50"] !== null && measures["image AUC"] !== null);
  }

  const blind = options("blind").directory;
  await train(options("blind", { recipe: { ...recipe, validation: null } }));
  const steps = (of: string) => computed(of).filter((one) => "learningRate" in one);
  assert.equal(steps(blind).length, 3);
  assert.deepEqual(steps(directory), steps(blind));
  assert.deepEqual(tensorsOf(directory), tensorsOf(blind));

  // An average of the weights changes the detector, and nothing of the training.
  const averaged = options("averaged").directory;
  await train(options("averaged", { recipe: { ...recipe, validation: null, weightAverage } }));
  assert.deepEqual(steps(averaged), steps(blind));
  const [plain, mean] = [blind, averaged].map(tensorsOf);
  assert.deepEqual([...plain.keys()].toSorted(), ["model.safetensors", "optimizer.safetensors"]);
  assert.ok(mean.has("weights.safetensors"));
  assert.deepEqual(mean.get("optimizer.safetensors"), plain.get("optimizer.safetensors"));
  assert.notDeepEqual(mean.get("model.safetensors"), plain.get("model.safetensors"));
  assert.equal(liveTensors(), before, "tensors were left behind");
});

test("validation: stopped between any two events, with averaged weights, a run goes on as if nothing had been", async (context) => {
  const prepared = await prepare(context, { ...validated, weightAverage }, SHARE);
  const { options } = prepared;
  const whole = options("whole").directory;
  await train(options("whole"));
  // Amid the first epoch, before anything was kept; between a step and its validation; right after
  // that; between the last step and its validation.
  const moments: readonly (readonly [RunEvent["event"], number])[] = [
    ["step", 1],
    ["step", 2],
    ["validation", 1],
    ["step", 4],
  ];
  for (const [kind, count] of moments) {
    const name = `${kind} ${count}`;
    assert.equal(await stopAfter(prepared, name, kind, count), "stopped", name);
    assert.equal((await train(options(name))).reason, "done");
    assert.deepEqual(computed(options(name).directory), computed(whole), name);
    assert.deepEqual(tensorsOf(options(name).directory), tensorsOf(whole), name);
  }
});

test("validation: killed at any moment, a run ends with the same best and the same latest", async (context) => {
  const prepared = await prepare(context, { ...validated, weightAverage }, SHARE);
  const { options } = prepared;
  await train(options("whole"));
  // After its start, two steps, a validation and a checkpoint, a while.
  await trainInChild(prepared, "killed", 1, { afterEvents: 5, waitMs: 300 * Math.random() });
  await train(options("killed"));
  const [whole, killed] = ["whole", "killed"].map((name) => options(name).directory);
  assert.deepEqual(computed(killed), computed(whole));
  assert.deepEqual(tensorsOf(killed), tensorsOf(whole));
  const [one, other] = [whole, killed].map(findDetector);
  assert.deepEqual(one.chosen, other.chosen);
  assert.deepEqual(readFileSync(one.path), readFileSync(other.path));
});

test("validation: the best checkpoint stays and is what a run's detector means", async (context) => {
  // With such a rate the loss does not fall from one validation to the next.
  const schedule = { ...tinyRecipe.optimizer.schedule, baseLearningRate: 0.3 };
  const { options } = await prepare(
    context,
    {
      ...validated,
      steps: 6,
      checkpointEverySteps: 1,
      optimizer: { ...tinyRecipe.optimizer, schedule },
    },
    SHARE,
  );
  const { directory } = options("run");
  await train(options("run"));
  const found = validationsOf(directory);
  const values = found.map(({ measures }) => measures.loss ?? Infinity);
  const best = found[values.indexOf(Math.min(...values))].step;
  assert.equal(found.findLast(({ isBest }) => isBest)?.step, best);
  assert.deepEqual(findDetector(directory).chosen, { which: "best", step: best });
  const kept = readdirSync(join(directory, "checkpoints")).sort();
  const expected = new Set([best, 5, 6].map((step) => `step-${String(step).padStart(6, "0")}`));
  assert.deepEqual(kept, [...expected].sort());

  rmSync(join(directory, "checkpoints"), { recursive: true });
  assert.throws(() => findDetector(directory), { code: "run" });
});

test("validation: a run that does not get better ends early, once", async (context) => {
  // Three steps find nothing: the average precision is 0 all the time, and the first 0 is the best.
  const patient = { everySteps: 1, metric: "box AP50", patience: 2 } as const;
  const { options } = await prepare(context, { ...validated, validation: patient }, SHARE);
  const { directory } = options("run");
  const { reason, checkpoint } = await train(options("run"));
  const values = validationsOf(directory).map(({ measures }) => measures["box AP50"]);
  assert.deepEqual([reason, checkpoint.step, values], ["stopped early", 3, [0, 0, 0]]);
  assert.deepEqual(readState(checkpoint).validated?.best, { step: 1, value: 0 });
  assert.equal(findDetector(directory).chosen?.step, 1);
  const before = eventsOf(directory).length;
  assert.equal((await train(options("run"))).reason, "stopped early");
  assert.equal(eventsOf(directory).length, before);
});
