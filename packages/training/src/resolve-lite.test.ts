import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { initializeNetwork, maskRcnn, writeDetector } from "@malleolus/networks";
import type { EfficientNetLiteConfig, RecipeOf } from "@malleolus/schema";
import { liveTensors, ones, scope, writeSafetensors } from "@malleolus/torch";
import { efficientNetLite2Weights, readInitialWeights } from "./initial-weights.ts";
import { resolveRecipe } from "./resolve-recipe.ts";
import { writeSyntheticSet } from "./test-synthetic-set.ts";
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

async function prepare(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-resolve-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return { path: join(folder, "weights"), set: await writeSyntheticSet(join(folder, "set"), 3) };
}

test("resolveRecipe: an EfficientNet-Lite2 takes the mean of a pixel that its weights were made with", async (context) => {
  const { path, set } = await prepare(context);
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
  const { path, set } = await prepare(context);
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

test("resolveRecipe: weights of another network than the recipe's are refused by name", async (context) => {
  const { path, set } = await prepare(context);
  const before = liveTensors();
  scope(() => {
    writeSafetensors(path, new Map([["_conv_stem.weight", ones([32, 3, 3, 3])]]));
    const weights = readInitialWeights(path);
    assert.throws(() => resolveRecipe(tinyRecipe, set, weights), {
      code: "weights",
      message:
        /weights: expected weights of a ResNet or a Mask R-CNN on one, got those of an EfficientNet-Lite2;/,
    });
    writeSafetensors(path, new Map([["stem.conv1.weight", ones([64, 3, 7, 7])]]));
    assert.throws(() => resolveRecipe(lite, set, readInitialWeights(path)), {
      code: "weights",
      message:
        /expected weights of an EfficientNet-Lite2 or a Mask R-CNN on one, got those of a ResNet;/,
    });
  });
  assert.equal(liveTensors(), before);
});
