import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import test from "node:test";
import { maskRcnn, writeDetector } from "@malleolus/networks";
import type { MaskRcnnConfig, RecipeOf, ResNetMaskRcnnConfig } from "@malleolus/schema";
import { liveTensors, nn, scope, type Tensor, tensor, writeSafetensors } from "@malleolus/torch";
import { readInitialWeights, resNetWeights } from "./initial-weights.ts";
import { resolveRecipe } from "./resolve-recipe.ts";
import { prepareSetAndWeights } from "./test-set-and-weights.ts";
import { tinyRecipe } from "./test-tiny-recipe.ts";

const narrow: RecipeOf<"mask-rcnn"> & { readonly model: ResNetMaskRcnnConfig } = {
  ...tinyRecipe,
  model: {
    ...tinyRecipe.model,
    classes: ["bar"],
    backbone: { ...tinyRecipe.model.backbone, depth: 50, width: 4, norm: "frozen" },
  },
};

/** A parameter's name in torchvision's ResNet. */
function torchvisionName(name: string): string {
  return name
    .replace("stem.conv1.norm", "bn1")
    .replace("stem.", "")
    .replace(/^res(\d)/, (_, stage) => `layer${Number(stage) - 1}`)
    .replace(/conv(\d)\.norm/, "bn$1")
    .replace("shortcut.norm", "downsample.1")
    .replace("shortcut", "downsample.0");
}

/** The narrow network's ResNet in a file, under names of choice. */
function writeResNet(path: string, rename: (name: string) => string, model = narrow.model): void {
  const { bottom_up } = maskRcnn(model).backbone;
  const tensors = [...nn.stateDict(bottom_up)].map(([name, t]): [string, Tensor] => [
    rename(name),
    t,
  ]);
  writeSafetensors(path, new Map(tensors));
}

test("resolveRecipe: weights of torchvision bring its strides and samples along", async (context) => {
  const { path, set } = await prepareSetAndWeights(context);
  const before = liveTensors();
  scope(() => {
    writeResNet(path, torchvisionName);
    const weights = readInitialWeights(path);
    assert.equal(resNetWeights(weights).convention.name, "torchvision");
    assert.equal(weights.sha256, createHash("sha256").update(readFileSync(path)).digest("hex"));
    const { model } = resolveRecipe(narrow, set, weights);
    assert.equal(narrow.model.backbone.strideIn1x1, true);
    const { backbone } = model;
    assert.ok(backbone.kind !== "efficientnet-lite2");
    assert.equal(backbone.strideIn1x1, false);
    assert.deepEqual(backbone.trainedNorms, []);
    assert.deepEqual([model.roi.box.samplingRatio, model.roi.mask.samplingRatio], [2, 2]);
  });
  assert.equal(liveTensors(), before);
});

test("resolveRecipe: under Detectron2's names the recipe says where the strides are", async (context) => {
  const { path, set } = await prepareSetAndWeights(context);
  scope(() => {
    writeResNet(path, (name) => name);
    const weights = readInitialWeights(path);
    for (const strideIn1x1 of [true, false]) {
      const backbone = { ...narrow.model.backbone, strideIn1x1 };
      const recipe = { ...narrow, model: { ...narrow.model, backbone } };
      const { model } = resolveRecipe(recipe, set, weights);
      assert.deepEqual(model.backbone, { ...backbone, strideIn1x1 });
    }
  });
});

test("resolveRecipe: weights of another depth are an error that says what to set", async (context) => {
  const { path, set } = await prepareSetAndWeights(context);
  const before = liveTensors();
  scope(() => {
    writeResNet(path, torchvisionName, {
      ...narrow.model,
      backbone: { ...narrow.model.backbone, depth: 101 },
    });
    const weights = readInitialWeights(path);
    assert.throws(() => resolveRecipe(narrow, set, weights), {
      code: "weights",
      message: /res4: expected 6 blocks \(backbone\.depth 50\), got 23; set backbone\.depth/,
    });
  });
  assert.equal(liveTensors(), before);
});

/** A detector of ours for the narrow network, changed. */
function writeOwn(path: string, changes: Partial<MaskRcnnConfig> = {}): MaskRcnnConfig {
  const model = { ...narrow.model, ...changes };
  scope(() => writeDetector(path, maskRcnn(model), narrow.preprocess));
  return model;
}

test("resolveRecipe: weights of ours say what their norms and channels are", async (context) => {
  const { path, set } = await prepareSetAndWeights(context);
  const before = liveTensors();
  scope(() => {
    const group = {
      ...narrow.model.backbone,
      norm: "group",
      freezeAt: 0,
      strideIn1x1: false,
    } as const;
    writeOwn(path, { backbone: group, channels: "detail", pixelMean: [1, 2, 3] });
    const weights = readInitialWeights(path);
    const { model } = resolveRecipe(narrow, set, weights);
    assert.deepEqual(model.backbone, group);
    assert.deepEqual([model.channels, model.pixelMean], ["detail", [1, 2, 3]]);

    writeOwn(path);
    const fixed = readInitialWeights(path);
    const recipe = { ...narrow, model: { ...narrow.model, backbone: group } };
    assert.equal(resolveRecipe(recipe, set, fixed).model.backbone.norm, "frozen");
  });
  assert.equal(liveTensors(), before);
});

test("resolveRecipe: group norms are told by what they lack, where nothing else says it", async (context) => {
  const { path, set } = await prepareSetAndWeights(context);
  scope(() => {
    const backbone = { ...narrow.model.backbone, norm: "group" } as const;
    writeResNet(path, (name) => name, { ...narrow.model, backbone });
    const { model } = resolveRecipe(narrow, set, readInitialWeights(path));
    assert.deepEqual([model.backbone.norm, model.backbone.freezeAt], ["group", 0]);
  });
});

test("readInitialWeights: a file that is no ResNet's, or holds what is no number, is named", async (context) => {
  const { path } = await prepareSetAndWeights(context);
  const before = liveTensors();
  scope(() => {
    writeSafetensors(path, new Map([["x", tensor([1])]]));
    assert.throws(() => readInitialWeights(path), {
      code: "weights",
      message: new RegExp(
        `^${path}: expected weights of a ResNet .*\\(_conv_stem\\.weight, …\\), got x, …; give another file$`,
      ),
    });
    writeSafetensors(path, new Map([["stem.conv1.weight", tensor([Number.NaN])]]));
    assert.throws(() => readInitialWeights(path), {
      code: "weights",
      message: new RegExp(
        `^${path}: expected numbers, got NaN or infinity in stem\\.conv1\\.weight`,
      ),
    });
  });
  assert.equal(liveTensors(), before);
});

test("resolveRecipe: epochs are steps of as many radiographs as there are to train on", async (context) => {
  const { set } = await prepareSetAndWeights(context);
  const resolved = resolveRecipe({ ...narrow, epochs: 5, batchSize: 2, steps: 77 }, set, null);
  assert.deepEqual([resolved.steps, resolved.epochs], [8, 5]);
  assert.equal(resolveRecipe({ ...narrow, epochs: null, steps: 77 }, set, null).steps, 77);
});

test("resolveRecipe: what is validated with is part of it; without, nothing is validated", async (context) => {
  const { set } = await prepareSetAndWeights(context);
  const validation = { everySteps: 2, metric: "loss", patience: null } as const;
  const recipe = { ...narrow, validation };
  assert.equal(resolveRecipe(recipe, set, null).validation, null);
  assert.equal(resolveRecipe(recipe, set, null).data?.tuning, null);
  const [first, ...others] = set.images;
  const [one, other] = [[first], others].map((images) =>
    resolveRecipe(recipe, set, null, { ...set, images }),
  );
  assert.deepEqual(one.validation, validation);
  assert.equal(one.data?.tuning?.images, 1);
  assert.notEqual(one.data?.tuning?.imagesSha256, other.data?.tuning?.imagesSha256);
  assert.throws(() => resolveRecipe({ ...narrow, validation: null }, set, null, set), {
    code: "recipe",
    message: /^recipe tiny: expected to be told how to validate, .* set validation\.everySteps/,
  });
});
