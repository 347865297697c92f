import assert from "node:assert/strict";
import test from "node:test";
import { detectron2Config } from "./detectron2-config.ts";
import { maskRcnnConfigSchema } from "./mask-rcnn-config.ts";
import { preprocessSchema } from "./preprocess.ts";
import { readRecord } from "./read-json.ts";
import { recipeSchema } from "./recipe.ts";
import { upgradeLanguageRules, upgradeModel, upgradePreprocess } from "./version-1.ts";

const { kind: _, ...model } = detectron2Config(["fracture"]);

/** A recipe as the first version wrote it. */
const first = {
  format: "malleolus-recipe-1",
  name: "old",
  expected: [],
  seed: 1,
  steps: 10,
  epochs: null,
  batchSize: 4,
  batchParts: 2,
  dtype: "float32",
  checkpointEverySteps: 5,
  validation: null,
  averaging: { decay: 0.9 },
  data: null,
  weights: null,
  sampling: { kind: "share of negatives", share: 0.3 },
  input: {
    minSizes: [64],
    maxSize: 96,
    flipProbability: 0.5,
    leastCropShare: 0.8,
    greatestGamma: 1.4,
    greatestRotation: 15,
    halfTurnProbability: 0.25,
  },
  preprocess: { minSize: 64, maxSize: 96, unexposed: "black", views: "mirrored too" },
  optimiser: {
    method: { kind: "sgd", momentum: 0.9 },
    weightDecay: 0.0001,
    normWeightDecay: 0,
    clipNorm: null,
    schedule: {
      baseLearningRate: 0.01,
      warmup: { steps: 2, factor: 0.1 },
      decay: { kind: "cosine" },
    },
  },
  model: { ...model, channels: "grey" },
};

test("recipeSchema: a recipe of the first version means the same in the second's words", () => {
  const recipe = recipeSchema.parse(structuredClone(first));
  assert.deepEqual(recipe, {
    format: "malleolus-recipe-2",
    name: "old",
    expected: [],
    seed: 1,
    steps: 10,
    epochs: null,
    batchSize: 4,
    gradientAccumulation: 2,
    dtype: "float32",
    checkpointEverySteps: 5,
    validation: null,
    weightAverage: { decay: 0.9 },
    data: null,
    weights: null,
    sampling: { kind: "negative-fraction", fraction: 0.3 },
    input: {
      minSizes: [64],
      maxSize: 96,
      flipProbability: 0.5,
      minCropFraction: 0.8,
      maxGamma: 1.4,
      maxRotationDegrees: 15,
      halfTurnProbability: 0.25,
      otherMachine: null,
      window: null,
    },
    preprocess: { minSize: 64, maxSize: 96, maskCollimation: true, testTimeFlip: true },
    optimizer: first.optimiser,
    model: detectron2Config(["fracture"]),
  });
  assert.deepEqual(recipeSchema.parse(structuredClone(recipe)), recipe, "and is read back");
});

for (const [was, is] of [
  ["as they come", "shuffled"],
  ["classes alike", "class-balanced"],
]) {
  test(`recipeSchema: sampling "${was}" of the first version is "${is}"`, () => {
    const recipe = recipeSchema.parse({ ...first, sampling: { kind: was } });
    assert.deepEqual(recipe.sampling, { kind: is });
  });
}

test("recipeSchema: the first version's names are unknown in the second", () => {
  const { averaging, ...second } = {
    ...recipeSchema.parse(structuredClone(first)),
    averaging: null,
  };
  assert.throws(
    () => readRecord(recipeSchema, { ...second, averaging }, "r.json"),
    /^SchemaError: r\.json: unknown key "averaging"/,
  );
});

test("recipeSchema: what is wrong in the first version is still wrong", () => {
  const input = { ...first.input, leastCropShare: 2 };
  assert.throws(
    () => readRecord(recipeSchema, { ...first, input }, "r.json"),
    /r\.json at input\.minCropFraction: /,
  );
  const preprocess = { ...first.preprocess, unexposed: "grey" };
  assert.throws(
    () => readRecord(recipeSchema, { ...first, preprocess }, "r.json"),
    /r\.json at preprocess\.maskCollimation: /,
  );
});

test("upgradeModel: a configuration from before there were mask heads, image heads and sound classes", () => {
  const { imageHead: _image, soundClass: _sound, ...early } = model;
  const { head: _head, ...mask } = early.roi.mask;
  const written = { ...early, channels: "grey", roi: { ...early.roi, mask } };
  assert.deepEqual(
    maskRcnnConfigSchema.parse(upgradeModel(JSON.parse(JSON.stringify(written)))),
    detectron2Config(["fracture"]),
  );
});

test("upgradePreprocess: a file that does not say how it is viewed is viewed once", () => {
  assert.deepEqual(
    preprocessSchema.parse(upgradePreprocess({ minSize: 64, maxSize: 96, unexposed: "as is" })),
    { minSize: 64, maxSize: 96, maskCollimation: false, testTimeFlip: false },
  );
});

test("upgradeLanguageRules: the spelling of 0.1.0 is read, and no other", () => {
  const upgraded = (key: string) => upgradeLanguageRules({ [key]: ["seen"], normal: [] });
  const now = { recognizedBy: ["seen"], normal: [] };
  assert.deepEqual(upgraded("recognisedBy"), now);
  assert.deepEqual(upgraded("recognizedBy"), now);
  assert.deepEqual(upgraded("recognised"), { recognised: ["seen"], normal: [] });
});

test("upgrades: what is no record, or is not of the first version, stays for the parser to refuse", () => {
  for (const value of [null, 3, "a", [1]]) {
    assert.deepEqual(upgradeModel(value), value);
    assert.deepEqual(upgradePreprocess(value), value);
    assert.deepEqual(upgradeLanguageRules(value), value);
    assert.equal(recipeSchema.safeParse(value).success, false);
    for (const part of ["sampling", "input", "preprocess", "model"]) {
      assert.throws(
        () => readRecord(recipeSchema, { ...first, [part]: value }, "r"),
        new RegExp(`r at ${part}`),
      );
    }
  }
  assert.deepEqual(upgradeModel({ roi: 3 }), {
    kind: "mask-rcnn",
    roi: 3,
    imageHead: null,
    soundClass: null,
  });
  assert.deepEqual(upgradeModel({ roi: { mask: 3 } }), {
    kind: "mask-rcnn",
    roi: { mask: 3 },
    imageHead: null,
    soundClass: null,
  });
});

test("upgradeModel: what a file of the first version says stays as it is", () => {
  const written = {
    ...model,
    channels: "detail",
    soundClass: "none",
    imageHead: { hiddenChannels: 8, lossWeight: 1 },
  };
  assert.deepEqual(maskRcnnConfigSchema.parse(upgradeModel(JSON.parse(JSON.stringify(written)))), {
    kind: "mask-rcnn",
    ...written,
    imageHead: { ...written.imageHead, weighsScores: false },
  });
  const { sampling: _, ...without } = first;
  assert.throws(() => readRecord(recipeSchema, without, "r"), /r at sampling/);
});

test("recipeSchema: parts of a batch divide it, and the best is told by what the network is measured by", () => {
  const recipe = recipeSchema.parse(structuredClone(first));
  const refuses = (change: object, expected: RegExp) =>
    assert.throws(() => readRecord(recipeSchema, { ...recipe, ...change }, "r"), expected);
  refuses(
    { batchSize: 6, gradientAccumulation: 4 },
    /r at gradientAccumulation: .*divides batchSize/,
  );
  const validation = { everySteps: 1, metric: "macro AUC", patience: null };
  refuses(
    { validation },
    /r at validation\.metric: .* kind "mask-rcnn" is measured by: box AP, box AP50, mask AP, mask AP50, loss/,
  );
  for (const metric of ["box AP", "loss"]) {
    assert.ok(recipeSchema.safeParse({ ...recipe, validation: { ...validation, metric } }).success);
  }
});
