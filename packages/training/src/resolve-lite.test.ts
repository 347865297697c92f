import assert from "node:assert/strict";
import test from "node:test";
import { initializeNetwork, type MaskRcnn, maskRcnn, writeDetector } from "@malleolus/networks";
import type { EfficientNetLiteConfig, RecipeOf } from "@malleolus/schema";
import { liveTensors, nn, ones, scope, writeSafetensors } from "@malleolus/torch";
import { efficientNetLite2Weights, readInitialWeights } from "./initial-weights.ts";
import { resolveRecipe } from "./resolve-recipe.ts";
import { prepareSetAndWeights } from "./test-set-and-weights.ts";
import { tinyRecipe } from "./test-tiny-recipe.ts";

const backbone: EfficientNetLiteConfig = {
  kind: "efficientnet-lite2",
  norm: "frozen",
  freezeAt: 5,
  fpnChannels: 32,
};
const lite: RecipeOf<"mask-rcnn"> = {
  ...tinyRecipe,
  model: { ...tinyRecipe.model, classes: ["bar"], backbone },
};

test("resolveRecipe: an EfficientNet-Lite2 takes the mean of a pixel that its weights were made with", async (context) => {
  const { path, set } = await prepareSetAndWeights(context);
  const before = liveTensors();
  scope(() => {
    writeSafetensors(path, new Map([["_conv_stem.weight", ones([32, 3, 3, 3])]]));
    const { model } = resolveRecipe(lite, set, readInitialWeights(path));
    assert.deepEqual([model.pixelMean, model.backbone], [[127, 127, 127], backbone]);
    const scratch = resolveRecipe(lite, set, null).model;
    assert.deepEqual(scratch.backbone, { ...backbone, norm: "group", freezeAt: 0 });
    assert.deepEqual(scratch.pixelMean, lite.model.pixelMean);
  });
  assert.equal(liveTensors(), before);
});

test("resolveRecipe: a detector of ours on an EfficientNet-Lite2 says what its norms and channels are", async (context) => {
  const { path, set } = await prepareSetAndWeights(context);
  const before = liveTensors();
  scope(() => {
    const group = { ...backbone, norm: "group", freezeAt: 0 } as const;
    const own = {
      ...lite.model,
      backbone: group,
      channels: "detail",
      pixelMean: [1, 2, 3],
    } as const;
    scope(() => writeDetector(path, maskRcnn(own), lite.preprocess));
    const { model } = resolveRecipe(lite, set, readInitialWeights(path));
    assert.deepEqual(model.backbone, group);
    assert.deepEqual([model.channels, model.pixelMean], ["detail", [1, 2, 3]]);
    const { tensors } = efficientNetLite2Weights(readInitialWeights(path));
    const report = initializeNetwork(maskRcnn(own), tensors, own);
    assert.deepEqual([report.missing, report.leftOver, report.fresh], [[], [], []]);
  });
  assert.equal(liveTensors(), before);
});

/** All tensors of a detector, behind a prefix, and nothing else. */
function writeTensors(path: string, detector: MaskRcnn, prefix: string): void {
  const tensors = [...nn.stateDict(detector)];
  writeSafetensors(path, new Map(tensors.map(([name, value]) => [`${prefix}${name}`, value])));
}

test("resolveRecipe: of a detector on an EfficientNet-Lite2 without a configuration, the norms tell how it began", async (context) => {
  const { path, set } = await prepareSetAndWeights(context);
  const before = liveTensors();
  scope(() => {
    for (const { norm, prefix, freezeAt, pixelMean } of [
      { norm: "frozen", prefix: "", freezeAt: 5, pixelMean: [127, 127, 127] },
      { norm: "group", prefix: "model.", freezeAt: 0, pixelMean: lite.model.pixelMean },
    ] as const) {
      const own = { ...lite.model, backbone: { ...backbone, norm, freezeAt } };
      scope(() => writeTensors(path, maskRcnn(own), prefix));
      const weights = efficientNetLite2Weights(readInitialWeights(path));
      assert.equal(weights.own, null);
      const { model } = resolveRecipe(lite, set, readInitialWeights(path));
      assert.ok(model.kind === "mask-rcnn");
      assert.deepEqual([model.backbone, model.pixelMean], [own.backbone, pixelMean]);
      const report = initializeNetwork(maskRcnn(model), weights.tensors);
      assert.deepEqual([report.missing, report.leftOver, report.fresh], [[], [], []]);
    }
  });
  assert.equal(liveTensors(), before);
});

test("resolveRecipe: under group norm, weights with statistics are refused with what to set", async (context) => {
  const { path, set } = await prepareSetAndWeights(context);
  const before = liveTensors();
  scope(() => {
    const names = ["_conv_stem.weight", "_bn0.running_var"];
    writeSafetensors(path, new Map(names.map((name) => [`module.${name}`, ones([32])])));
    const group = { ...backbone, norm: "group" } as const;
    const recipe = { ...lite, model: { ...lite.model, backbone: group } };
    const weights = efficientNetLite2Weights(readInitialWeights(path));
    const { model } = resolveRecipe(recipe, set, readInitialWeights(path));
    assert.ok(model.kind === "mask-rcnn");
    assert.deepEqual(model.backbone, group);
    assert.throws(() => initializeNetwork(maskRcnn(model), weights.tensors), {
      code: "weights",
      message: /^expected norms without statistics.*set backbone\.norm to "frozen"$/,
    });
  });
  assert.equal(liveTensors(), before);
});

test("readInitialWeights: timm's names of an EfficientNet are refused with the names that are read", async (context) => {
  const { path } = await prepareSetAndWeights(context);
  scope(() => {
    writeSafetensors(path, new Map([["conv_stem.weight", ones([32, 3, 3, 3])]]));
    assert.throws(() => readInitialWeights(path), {
      code: "weights",
      message: /of an EfficientNet-Lite2 \(_conv_stem\.weight, …\), got conv_stem\.weight, …; give/,
    });
  });
});

test("resolveRecipe: weights of another network than the recipe's are refused by name", async (context) => {
  const { path, set } = await prepareSetAndWeights(context);
  const before = liveTensors();
  scope(() => {
    writeSafetensors(path, new Map([["_conv_stem.weight", ones([32, 3, 3, 3])]]));
    const weights = readInitialWeights(path);
    assert.throws(() => resolveRecipe(tinyRecipe, set, weights), {
      code: "weights",
      message:
        /weights: expected weights of a ResNet or a Mask R-CNN on one, got those of an EfficientNet-Lite2; .* take a recipe of the weights' \(fracatlas, fracatlas-lite\)$/,
    });
    writeSafetensors(path, new Map([["stem.conv1.weight", ones([64, 3, 7, 7])]]));
    assert.throws(() => resolveRecipe(lite, set, readInitialWeights(path)), {
      code: "weights",
      message:
        /expected weights of an EfficientNet-Lite2 or a Mask R-CNN on one, got those of a ResNet; .* \(quick, .*fracatlas-resnet50\)$/,
    });
  });
  assert.equal(liveTensors(), before);
});
