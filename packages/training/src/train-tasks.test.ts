/** The preliminary networks, trained by the same loop as the detector. */
import assert from "node:assert/strict";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { readRadiograph } from "@malleolus/data";
import { openClassifier, openDetector, openSegmenter } from "@malleolus/networks";
import {
  findDetector,
  preliminaryClassificationRecipe,
  preliminaryMeanRecipe,
  preliminarySegmentationRecipe,
} from "@malleolus/runs";
import type { Recipe } from "@malleolus/schema";
import { liveTensors, setThreads } from "@malleolus/torch";
import { readInitialWeights } from "./initial-weights.ts";
import { resolveRecipe } from "./resolve-recipe.ts";
import { computed, prepare } from "./test-runs.ts";
import { tinyRecipe } from "./test-tiny-recipe.ts";
import { train } from "./train.ts";

// Sums in another order are other sums: only one thread gives the same bits every time.
setThreads(1);

const SHARE = 0.34;
const small = { input: tinyRecipe.input, preprocess: tinyRecipe.preprocess, batchSize: 2 };

/** On the small set's bars, called fractures, from nothing. */
const segmentation = {
  ...small,
  input: {
    ...small.input,
    window: { side: 48, around: ["fracture"], probability: 0.5, stepShare: 1 },
  },
  validation: { everySteps: 3, metric: "mean Dice", patience: null },
  model: {
    ...preliminarySegmentationRecipe.model,
    structures: [{ name: "fracture", within: null }],
    aspp: { channels: 16, rates: [2], separable: true },
    decoder: { lowChannels: 8, channels: 16, convolutions: 1 },
  },
} satisfies Partial<Recipe>;
const classification = {
  ...small,
  validation: { everySteps: 3, metric: "macro AUC", patience: null },
  sampling: { kind: "class-balanced" },
  model: preliminaryMeanRecipe.model,
} satisfies Partial<Recipe>;

for (const [task, changes, losses, measures] of [
  ["segmentation", segmentation, ["crossEntropy", "dice"], ["mean Dice", "fracture Dice", "loss"]],
  [
    "classification",
    classification,
    ["class"],
    ["macro AUC", "AUC fracture", "AUC no_fracture", "accuracy", "loss"],
  ],
] as const) {
  test(`train: a ${task} says its losses and measures by name, and resumes to the same ones bit for bit`, async (context) => {
    const { options } = await prepare(context, { ...changes, steps: 4 }, SHARE);
    const before = liveTensors();
    await train(options("whole"));
    assert.equal(liveTensors(), before);
    const whole = computed(options("whole").directory);
    const [first] = whole;
    assert.ok("losses" in first);
    assert.deepEqual(Object.keys(first.losses ?? {}), losses);
    const validations = whole.filter((event) => "measures" in event);
    assert.equal(validations.length, 2);
    for (const { measures: found } of validations) {
      assert.deepEqual(Object.keys(found ?? {}), measures);
    }

    const controller = new AbortController();
    const stopped = await train(
      options("cut", {
        stop: controller.signal,
        onEvent: (event) => event.event === "step" && event.step === 2 && controller.abort(),
      }),
    );
    assert.deepEqual([stopped.reason, stopped.checkpoint.step], ["stopped", 2]);
    await train(options("cut"));
    assert.deepEqual(computed(options("cut").directory), whole);
  });
}

test("train: what a segmentation writes paints a radiograph, and begins another training", async (context) => {
  const { options, folder } = await prepare(context, { ...segmentation, steps: 3 }, SHARE);
  await train(options("run"));
  const { path } = findDetector(options("run").directory);
  const radiograph = await readRadiograph(join(folder, "set", "image-0.png"));
  const segmenter = openSegmenter(path);
  const { labels, found } = segmenter.segment(radiograph);
  segmenter.close();
  assert.deepEqual([labels.width, labels.height], [radiograph.width, radiograph.height]);
  assert.equal(found.probabilities.length, 2 * found.width * found.height);
  assert.throws(() => openDetector(path), {
    code: "checkpoint",
    message: /expected a detector .*, got format malleolus-segmenter-1; give/,
  });
  assert.throws(() => openClassifier(path), { message: /expected a classifier/ });

  const weights = readInitialWeights(path);
  const { recipe, set, tuning } = options("next");
  const next = resolveRecipe(recipe, set, weights, tuning);
  assert.ok(next.model.kind === "segmentation" && next.model.backbone.norm === "group");
  const begun: string[] = [];
  await train(
    options("next", {
      recipe: { ...next, steps: 1 },
      weights,
      onEvent: (event) => {
        if (event.event === "start") begun.push(...(event.weights?.found ?? []));
      },
    }),
  );
  assert.ok(begun.includes("backbone.features.0.0.weight") && begun.includes("predictor.weight"));
  for (const tensor of weights.tensors.values()) tensor.free();
  for (const tensor of weights.network === "mobilenet-v2" ? weights.heads.values() : [])
    tensor.free();
});

test("train: what a classification writes says probabilities; its weights are no Mask R-CNN's", async (context) => {
  const { options, folder } = await prepare(context, { ...classification, steps: 3 }, SHARE);
  await train(options("run"));
  const { path } = findDetector(options("run").directory);
  const classifier = openClassifier(path);
  assert.deepEqual(classifier.classes, ["fracture", "no_fracture"]);
  assert.equal(classifier.calibration, null);
  const probabilities = classifier.classify(
    await readRadiograph(join(folder, "set", "image-0.png")),
  );
  classifier.close();
  assert.ok(Math.abs(probabilities.reduce((sum, one) => sum + one, 0) - 1) < 1e-6);
  const weights = readInitialWeights(path);
  const { set } = options("next");
  assert.throws(() => resolveRecipe(tinyRecipe, set, weights), {
    code: "weights",
    message:
      /model\.safetensors: expected weights of a ResNet or a Mask R-CNN on one, got those of a MobileNetV2/,
  });
  for (const tensor of weights.tensors.values()) tensor.free();
});

async function refused(
  context: TestContext,
  changes: Partial<Recipe>,
  message: RegExp,
  code = "data",
): Promise<void> {
  await assert.rejects(prepare(context, changes), { name: "TrainingError", code, message });
}

test("resolveRecipe: structures without a category and classes without a radiograph are told", async (context) => {
  const { model } = segmentation;
  await refused(
    context,
    { ...segmentation, model: { ...model, structures: [{ name: "tibia", within: null }] } },
    /expected a category of each in the annotations, got none called tibia among fracture/,
  );
  await refused(
    context,
    {
      ...classification,
      model: { ...classification.model, classes: ["fracture", "weber_a", "no_fracture"] },
    },
    /expected radiographs of each, got none of weber_a/,
  );
  await refused(
    context,
    { ...classification, model: { ...classification.model, classes: ["fracture", "other"] } },
    /image-2\.png: expected one class of fracture, other, got none of them/,
  );
  await refused(
    context,
    { ...classification, model: preliminaryClassificationRecipe.model },
    /looks where structures are found: expected a segmentation's weights, got none; train one first/,
    "recipe",
  );
});

test("resolveRecipe: rare labels and classes weigh more by the power that the recipe says", async (context) => {
  const { recipe } = await prepare(context, segmentation);
  assert.ok(recipe.model.kind === "segmentation");
  const [fracture, background] = recipe.model.loss.classWeights;
  assert.ok(fracture > 2 * background);
  const plain = await prepare(context, classification);
  assert.ok(plain.recipe.model.kind === "classification");
  assert.deepEqual(plain.recipe.model.classes, ["fracture", "no_fracture"]);
  assert.deepEqual(plain.recipe.model.classWeights, [1, 1]);
});

test("train: steps that show no windows learn as if the recipe had none", async (context) => {
  const { options } = await prepare(context, { ...segmentation, validation: null, steps: 2 });
  const { recipe } = options("none");
  const learned = async (name: string, stepShare: number | null) => {
    const own = options(name);
    const window = stepShare === null ? null : { ...segmentation.input.window, stepShare };
    await train({ ...own, recipe: { ...recipe, input: { ...recipe.input, window } } });
    return computed(own.directory).flatMap((event) => ("losses" in event ? [event.losses] : []));
  };
  const whole = await learned("whole", null);
  assert.equal(whole.length, 2);
  assert.deepEqual(await learned("share 0", 0), whole);
  // Half of the steps, of which the first shows whole radiographs and the second windows.
  const half = await learned("share 0.5", 0.5);
  assert.deepEqual(half[0], whole[0]);
  assert.notDeepEqual(half[1], whole[1]);
});

test("train: windows around a category that the annotations do not have are refused before a step", async (context) => {
  const window = { side: 48, around: ["fibula"], probability: 0.5, stepShare: 1 };
  const changes = { ...segmentation, input: { ...small.input, window } };
  const { options } = await prepare(context, { ...changes, steps: 2 }, SHARE);
  await assert.rejects(train(options("windows")), {
    name: "TrainingError",
    message: /windows around fibula: expected such a category in the annotations, got fracture/,
  });
});
