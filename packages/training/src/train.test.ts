import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { latestCheckpoint } from "@malleolus/runs";
import { liveTensors, setThreads } from "@malleolus/torch";
import type { StepProfile } from "./step-profiler.ts";
import { computed, eventsOf, prepare, trainInChild } from "./test-runs.ts";
import { tinyRecipe } from "./test-tiny-recipe.ts";
import { train } from "./train.ts";

// Sums in another order are other sums: only one thread gives the same bits every time.
setThreads(1);

test("train: killed at any moment, it resumes to the same losses bit for bit", async (context) => {
  const prepared = await prepare(context);
  await trainInChild(prepared, "whole", 1);
  const expected = computed(join(prepared.folder, "whole"));
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
  assert.deepEqual(computed(join(prepared.folder, "killed")), expected);
});

for (const gradientAccumulation of [1, 2]) {
  test(`train: stopped, it leaves a checkpoint after the step, and goes on from there; a batch in ${gradientAccumulation} parts`, (context) =>
    stopAndGoOn(context, gradientAccumulation));
}

async function stopAndGoOn(context: TestContext, gradientAccumulation: number): Promise<void> {
  const { options, recipe } = await prepare(context, {
    steps: 4,
    checkpointEverySteps: 100,
    gradientAccumulation,
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
  assert.deepEqual(computed(directory), computed(options("whole").directory));
  assert.deepEqual(JSON.parse(readFileSync(join(directory, "recipe.json"), "utf8")), recipe);
}

test("train: a profile of some steps, or of as many as there are, changes nothing", async (context) => {
  const { options } = await prepare(context, { steps: 8, checkpointEverySteps: 100 });
  const profiles: StepProfile[] = [];
  const profile = (steps: number) => ({
    steps,
    onProfile: (taken: StepProfile) => profiles.push(taken),
  });
  await train(options("plain"));
  await train(options("two", { profile: profile(2) }));
  await train(options("many", { profile: profile(50) }));
  assert.deepEqual(
    profiles.map(({ steps }) => steps),
    [2, 3],
  );
  for (const { stages, operators, steps } of profiles) {
    const names = stages.map(({ stage }) => stage);
    for (const name of ["batch", "backbone", "mask head", "backward", "optimizer"]) {
      assert.ok(names.includes(name), name);
    }
    const step = operators.find(({ operator }) => operator === "malleolus::sgd_step_");
    assert.equal(step?.stage, "optimizer");
    assert.ok(step.calls % steps === 0);
  }
  const plain = computed(options("plain").directory);
  assert.deepEqual(computed(options("two").directory), plain);
  assert.deepEqual(computed(options("many").directory), plain);
});

test("train: the gradients of a batch's parts add up to their mean", async (context) => {
  // Nothing is drawn but what the parts share: one image, whole, and every anchor and region.
  const norms: number[] = [];
  for (const [batchSize, gradientAccumulation] of [
    [1, 1],
    [3, 3],
  ] as const) {
    const { options, recipe } = await prepare(context, {
      steps: 1,
      batchSize,
      gradientAccumulation,
    });
    assert.ok(recipe.model.kind === "mask-rcnn");
    const { roi, rpn, ...model } = recipe.model;
    const all = 100_000;
    const given = options("run");
    const set = { ...given.set, images: given.set.images.slice(0, 1) };
    await train({
      ...given,
      set,
      recipe: {
        ...recipe,
        input: { ...recipe.input, minSizes: [64], flipProbability: 0, minCropFraction: 1 },
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
  await assert.rejects(train(options("run")), /is at work in this directory/);
  await first;
});

test("train: a loss that is no number ends it, and the last checkpoint stays", async (context) => {
  const { optimizer } = tinyRecipe;
  const { options } = await prepare(context, {
    checkpointEverySteps: 1,
    optimizer: {
      ...optimizer,
      clipNorm: null,
      schedule: {
        ...optimizer.schedule,
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

test("train: a radiograph that is gone on the way ends it with a checkpoint, and it goes on from there", async (context) => {
  const { options, folder } = await prepare(context, { steps: 12, checkpointEverySteps: 100 });
  const gone = new Map<string, Buffer>();
  const run = options("gone", {
    onEvent(event) {
      if (event.event !== "step" || event.step !== 2) return;
      for (const { path } of options("gone").set.images) {
        gone.set(path, readFileSync(path));
        rmSync(path);
      }
    },
  });
  await assert.rejects(train(run), {
    name: "TrainingError",
    code: "data",
    message: /image-\d\.png: .*; what was learned in 2 steps is in \S*step-000002: mend the file/,
  });
  assert.equal(latestCheckpoint(join(folder, "gone"))?.step, 2);
  for (const [path, bytes] of gone) writeFileSync(path, bytes);
  const end = await train({ ...run, onEvent: () => undefined });
  assert.deepEqual([end.reason, end.checkpoint.step], ["done", 12]);
});
