/** A training of 0.1.0 that was cut off in the middle, its detector, and its recipes. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readRecipeFile } from "@malleolus/runs";
import { setThreads } from "@malleolus/torch";
import {
  holdOut,
  readInitialWeights,
  readTrainingSet,
  resolveRecipe,
  type TrainingOptions,
  train,
} from "@malleolus/training";
import { readLines, unpack } from "./unpack.ts";

// Sums in another order are other sums: only one thread gives the same bits every time.
setThreads(1);

const TUNING_SHARE = 0.34;
const CUT_OFF_AT = 3;

/** What the command that began the run makes of its arguments today. */
async function optionsOf(folder: string): Promise<Omit<TrainingOptions, "directory">> {
  const base = await readRecipeFile(join(folder, "small.json"));
  const weights = readInitialWeights(join(folder, "model.safetensors"));
  const all = await readTrainingSet(join(folder, "set", "train.json"), join(folder, "set"));
  const { set, tuning } = holdOut(all, TUNING_SHARE, base.seed);
  return {
    recipe: resolveRecipe(base, set, weights, tuning),
    set,
    tuning,
    weights,
    device: "cpu",
    workers: 0,
    stop: new AbortController().signal,
    onEvent: () => undefined,
  };
}

/** What steps and validations computed: without times. */
function computed(path: string): { step: number; losses: Record<string, number> }[] {
  return readLines(path).flatMap((event) => {
    if (event.event !== "step" && event.event !== "validation") return [];
    const { seconds: _, imagesPerSecond: __, waitedMs: ___, time: ____, ...values } = event;
    return [values];
  });
}

function assertNear(actual: number, expected: number, tolerance: number, what: string): void {
  const difference = Math.abs(actual - expected);
  assert.ok(difference <= tolerance, `${what}: ${actual}, and ${expected} with 0.1.0`);
}

test("a run of 0.1.0: the same command goes on with it, to the losses it would have had", async (context) => {
  const folder = unpack(context, "run.tar.gz");
  const began = computed(join(folder, "run", "events.jsonl"));
  const end = await train({ ...(await optionsOf(folder)), directory: join(folder, "run") });
  assert.deepEqual([end.reason, end.checkpoint.step], ["done", 6]);
  const steps = computed(join(folder, "run", "events.jsonl"));
  const whole = computed(join(folder, "whole-events.jsonl"));
  assert.deepEqual(
    steps.map(({ step }) => step),
    whole.map(({ step }) => step),
  );
  assert.deepEqual(steps.slice(0, began.length), began);
  // On the machine that wrote the run they are the same bits; another has sums in another order.
  for (const [i, { step, losses }] of whole.entries()) {
    for (const [name, value] of Object.entries(losses)) {
      assertNear(steps[i].losses[name], value, 1e-4 + 1e-2 * value, `${name} of step ${step}`);
    }
  }
});

test("a run of 0.1.0: interrupted once more, it goes on bit for bit", async (context) => {
  const folder = unpack(context, "run.tar.gz");
  const options = await optionsOf(folder);
  const directory = join(folder, "run");
  const other = join(folder, "interrupted");
  cpSync(directory, other, { recursive: true });
  await train({ ...options, directory });

  const controller = new AbortController();
  const stopped = await train({
    ...options,
    directory: other,
    stop: controller.signal,
    onEvent: (event) =>
      event.event === "step" && event.step === CUT_OFF_AT + 1 && controller.abort(),
  });
  assert.deepEqual([stopped.reason, stopped.checkpoint.step], ["stopped", CUT_OFF_AT + 1]);
  await train({ ...options, directory: other });
  assert.deepEqual(
    computed(join(other, "events.jsonl")),
    computed(join(directory, "events.jsonl")),
  );
});

test("a run of 0.1.0: it goes on, too, where one of its classes is the sound bone's", async (context) => {
  const folder = unpack(context, "run.tar.gz");
  const trainJson = join(folder, "set", "train.json");
  const before = sha256Of(trainJson);
  const recipes = ["recipe.json", `checkpoints/step-00000${CUT_OFF_AT}/state.json`];
  const files = [trainJson, ...recipes.map((name) => join(folder, "run", name))];
  for (const path of files) {
    const renamed = readFileSync(path, "utf8").replaceAll('"fracture"', '"no_fracture"');
    writeFileSync(path, renamed.replaceAll(before, sha256Of(trainJson)));
  }
  const options = await optionsOf(folder);
  const { model } = options.recipe;
  assert.ok(model.kind === "mask-rcnn");
  assert.equal(model.soundClass, "no_fracture");
  const end = await train({ ...options, directory: join(folder, "run") });
  assert.deepEqual([end.reason, end.checkpoint.step], ["done", 6]);
});

function sha256Of(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

test("a run of 0.1.0: another recipe is told from it, and named", async (context) => {
  const folder = unpack(context, "run.tar.gz");
  const { recipe, ...options } = await optionsOf(folder);
  await assert.rejects(
    train({ ...options, recipe: { ...recipe, seed: 7 }, directory: join(folder, "run") }),
    { code: "recipe", message: /this run has another recipe: seed is 1 there and 7 here;/ },
  );
});

test("a run of 0.1.0: runs lists it, and predict takes its best checkpoint", (context) => {
  const folder = unpack(context, "run.tar.gz");
  const listed = JSON.parse(command(folder, "runs", "run", "--json"));
  assert.deepEqual(
    [listed.recipe, listed.steps, listed.stepsPlanned, listed.best.step, listed.state],
    ["small", CUT_OFF_AT, 6, CUT_OFF_AT, "open"],
  );
  const found = command(folder, "predict", "--checkpoint", "run", "--json", "set/image-0.png");
  assert.match(JSON.parse(found).detector, /step-000003/);
});

test("a detector of 0.1.0: it finds what it found", (context) => {
  const folder = unpack(context, "run.tar.gz");
  const expected = readLines(join(folder, "findings.jsonl"));
  const files = expected.map(({ file }) => file);
  assert.ok(files.every((file) => existsSync(join(folder, file))));
  const options = ["--checkpoint", "model.safetensors", "--threshold", "0.3"];
  const exact = ["--dtype", "float32", "--threads", "1", "--json"];
  const lines = command(folder, "predict", ...options, ...exact, ...files)
    .trimEnd()
    .split("\n");
  assert.equal(lines.length, expected.length);
  for (const [i, { file, width, height, findings }] of expected.entries()) {
    const now = JSON.parse(lines[i]);
    assert.deepEqual([now.file, now.width, now.height], [file, width, height]);
    assert.equal(now.findings.length, findings.length, file);
    for (const [j, before] of findings.entries()) {
      const finding = now.findings[j];
      assert.equal(finding.class, before.class);
      assertNear(finding.score, before.score, 1e-3, `${file}: score`);
      for (const [side, value] of before.box.entries()) {
        assertNear(finding.box[side], value, 0.05, `${file}: box`);
      }
      assert.equal(finding.polygons.length, before.polygons.length);
    }
  }
});

test("a recipe of version 1 is read, and means what it said", async () => {
  const path = join(import.meta.dirname, "recipe.json");
  const recipe = await readRecipeFile(path);
  // The names of the first version, which no renaming may reach.
  const { batchParts, averaging, sampling, input, preprocess, optimiser, model, ...same } =
    JSON.parse(readFileSync(path, "utf8"));
  assert.deepEqual([averaging, sampling], [{ decay: 0.998 }, { kind: "classes alike" }]);
  const { leastCropShare, greatestGamma, greatestRotation, ...sameInput } = input;
  const { unexposed, views, ...sizes } = preprocess;
  assert.deepEqual([unexposed, views, model.channels], ["as is", "one", "grey"]);
  assert.partialDeepStrictEqual(recipe, {
    ...same,
    format: "malleolus-recipe-2",
    gradientAccumulation: batchParts,
    weightAverage: averaging,
    sampling: { kind: "class-balanced" },
    input: {
      ...sameInput,
      minCropFraction: leastCropShare,
      maxGamma: greatestGamma,
      maxRotationDegrees: greatestRotation,
    },
    preprocess: { ...sizes, maskCollimation: false, testTimeFlip: false },
    optimizer: optimiser,
    model: { ...model, kind: "mask-rcnn", channels: "gray" },
  });
});

/** Standard output of a command of Malleolus, run in a folder. */
function command(folder: string, ...args: string[]): string {
  const main = join(import.meta.dirname, "../../packages/cli/src/main.ts");
  return execFileSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8" });
}
