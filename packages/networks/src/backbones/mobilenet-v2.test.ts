import assert from "node:assert/strict";
import test from "node:test";
import { classifierConfig, type MobileNetV2Config } from "@malleolus/schema";
import {
  backward,
  fusesBlocks,
  liveTensors,
  manualSeed,
  nn,
  noGrad,
  randn,
  scope,
} from "@malleolus/torch";
import { imageClassifier } from "../classifier/classifier.ts";
import {
  assertDescribed,
  assertGradientsByName,
  type Described,
  fillByName,
  type GradientsByName,
  plain,
  readGolden,
} from "../test-golden.ts";
import { mobileNetV2 } from "./mobilenet-v2.ts";
import { clearFoldedWeightsIn } from "./normed-convolution.ts";

interface Golden {
  readonly classified: {
    readonly image: string;
    readonly logits: Described;
    readonly gradients: GradientsByName;
  };
  readonly dilated: {
    readonly image: string;
    readonly low: Described;
    readonly deep: Described;
    readonly gradients: GradientsByName;
  };
}

// Written by tools/golden/networks_mobilenet.py.
const golden = readGolden<Golden>(new URL("./golden/mobilenet-v2.json", import.meta.url));

const torchvisions: MobileNetV2Config = {
  norm: "fixed",
  outputStride: 32,
  firstExpansion: false,
  freezeAt: 0,
};

function imagesOf(name: string, shape: readonly number[]) {
  return plain(name, shape, 2).to({ memoryFormat: "channelsLast" });
}

test("imageClassifier: logits and gradients are torchvision's", () => {
  const before = liveTensors();
  scope(() => {
    const model = imageClassifier(classifierConfig(["A", "B", "C", "none"]));
    fillByName(model);
    const { image, logits: expected, gradients } = golden.classified;
    const sizes = [[32, 64] as const, [32, 64] as const];
    const logits = model.logits({ tensor: imagesOf(image, [2, 3, 32, 64]), sizes });
    assertDescribed(logits, expected, "logits");
    backward(logits.mul(plain("probe", logits.shape)).sum());
    assertGradientsByName(model, gradients);
  });
  assert.equal(liveTensors(), before);
});

test("mobileNetV2: at an output stride of 16 maps and gradients are those of a dilated torchvision", () => {
  const before = liveTensors();
  scope(() => {
    const model = mobileNetV2({ ...torchvisions, outputStride: 16 });
    fillByName(model);
    const { low, deep } = model.forward(imagesOf(golden.dilated.image, [1, 3, 64, 64]));
    assertDescribed(low, golden.dilated.low, "low");
    assertDescribed(deep, golden.dilated.deep, "deep");
    assert.ok(low.isContiguous("channelsLast") && deep.isContiguous("channelsLast"));
    backward(deep.mul(plain("probe", deep.shape)).sum());
    assertGradientsByName(model, golden.dilated.gradients);
  });
  assert.equal(liveTensors(), before);
});

test("mobileNetV2: what never trains gives the same, gets no gradient, and is folded once", () => {
  const before = liveTensors();
  scope(() => {
    const trained = mobileNetV2(torchvisions);
    const frozen = mobileNetV2({ ...torchvisions, freezeAt: 5 });
    fillByName(trained);
    fillByName(frozen);
    const input = imagesOf("image", [1, 3, 32, 64]);
    const expected = noGrad(() => trained.forward(input));
    const held = liveTensors();
    scope(() => {
      const got = frozen.forward(input);
      assert.ok(got.deep.sub(expected.deep).abs().amax().item() < 1e-4);
      assert.equal(got.low.requiresGrad, false);
      backward(got.deep.sum());
    });
    // The stem, a block of two convolutions and three of three: a weight and a bias each; packed, six a block.
    const packed = fusesBlocks() ? 6 * 4 : 0;
    assert.equal(liveTensors() - held, 2 * (1 + 2 + 3 * 3) + packed);
    scope(() => {
      for (const [name, tensor] of nn.stateDict(frozen)) {
        const isTrained = /^features\.([5-9]|1\d)\..*\.(weight|bias)$/.test(name);
        assert.equal(tensor.requiresGrad, isTrained, name);
        assert.equal((tensor.grad?.abs().sum().item() ?? 0) > 0, isTrained, name);
      }
    });
    clearFoldedWeightsIn(frozen);
    assert.equal(liveTensors(), held);
  });
  assert.equal(liveTensors(), before);
});

test("mobileNetV2: Gluon's first block has an expansion in front", () => {
  scope(() => {
    const shapesOf = (firstExpansion: boolean) =>
      [...nn.stateDict(mobileNetV2({ ...torchvisions, firstExpansion }))]
        .filter(([name, { shape }]) => name.startsWith("features.1.") && shape.length > 1)
        .map(([name, { shape }]) => `${name} ${shape.join("x")}`);
    assert.deepEqual(shapesOf(false), [
      "features.1.conv.0.0.weight 32x1x3x3",
      "features.1.conv.1.weight 16x32x1x1",
    ]);
    assert.deepEqual(shapesOf(true), [
      "features.1.conv.0.0.weight 32x32x1x1",
      "features.1.conv.1.0.weight 32x1x3x3",
      "features.1.conv.2.weight 16x32x1x1",
    ]);
  });
});

test("mobileNetV2: without weights, group norm keeps activations healthy and gradients reach everything", () => {
  const before = liveTensors();
  scope(() => {
    manualSeed(5);
    const model = mobileNetV2({ ...torchvisions, norm: "group", outputStride: 16 });
    const input = randn([2, 3, 64, 64]).mul(60).to({ memoryFormat: "channelsLast" });
    const { low, deep } = model.forward(input);
    for (const map of [low, deep]) {
      const mean = map.abs().mean().item();
      assert.ok(mean > 0.1 && mean < 10, `${mean}`);
    }
    backward(deep.square().sum());
    for (const [name, { grad }] of nn.stateDict(model)) {
      assert.ok(grad !== null && grad.abs().sum().item() > 0, name);
    }
  });
  assert.equal(liveTensors(), before);
});
