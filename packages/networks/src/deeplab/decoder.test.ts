import assert from "node:assert/strict";
import test from "node:test";
import { fromTypedArray, liveTensors, nn, noGrad, scope, tensor } from "@malleolus/torch";
import { decoder } from "./decoder.ts";

/** A depthwise 3x3 that passes its input on, and a pointwise that adds up its channels. */
function sumUp(layers: readonly { depthwise: nn.Layer; pointwise: nn.Layer }[]): void {
  noGrad(() => {
    for (const [name, weight] of nn.stateDict(layers)) {
      if (name.endsWith("depthwise.weight")) weight.zero_().at("...", 1, 1).fill_(1);
      else if (name.endsWith("pointwise.weight")) weight.fill_(1);
    }
  });
}

test("decoder: the deep map stretched between the middles of its cells, and the low one beside it, by hand", () => {
  const before = liveTensors();
  scope(() => {
    const config = { lowChannels: 8, channels: 8, convolutions: 1 };
    // Fixed statistics of mean 0 and variance 1: the norm divides by the root of 1 + 1e-5.
    const module = decoder({ low: 1, deep: 8 }, config, "measured");
    sumUp(module.fuse_conv);
    noGrad(() => module.project_conv.weight.fill_(0.5));
    // One channel of the deep map holds a step, the others nothing.
    const deep = fromTypedArray(
      Float32Array.from({ length: 16 }, (_, i) => (i === 1 ? 8 : 0)),
      [1, 8, 1, 2],
    );
    const low = tensor([
      [
        [
          [0, 1, -1, 0],
          [0, 0, 0, 2],
        ],
      ],
    ]);
    const got = noGrad(() => module.forward(low, deep));
    assert.deepEqual(got.shape, [1, 8, 2, 4]);
    // Cells of the deep map are twice as wide and twice as high: 0, a quarter, three quarters, 1 of
    // the step. Half of what is positive in the low map comes in eight channels.
    const expected = [
      [0, 2 + 8 * 0.5, 6, 8],
      [0, 2, 6, 8 + 8 * 1],
    ].flat();
    for (let channel = 0; channel < 8; channel++) {
      got
        .at(0, channel)
        .toNumbers()
        .forEach((value, i) => {
          assert.ok(Math.abs(value - expected[i]) < 1e-3, `${channel}, ${i}: ${value}`);
        });
    }
  });
  assert.equal(liveTensors(), before);
});

test("decoder: two separable convolutions over both maps, as its authors have it", () => {
  scope(() => {
    const config = { lowChannels: 48, channels: 256, convolutions: 2 };
    const module = decoder({ low: 144, deep: 256 }, config, "group");
    const shapes = [...nn.stateDict(module)]
      .filter(([name]) => name.endsWith("weight") && !name.includes("norm"))
      .map(([name, { shape }]) => `${name} ${shape.join("x")}`);
    assert.deepEqual(shapes, [
      "project_conv.weight 48x144x1x1",
      "fuse_conv.0.depthwise.weight 304x1x3x3",
      "fuse_conv.0.pointwise.weight 256x304x1x1",
      "fuse_conv.1.depthwise.weight 256x1x3x3",
      "fuse_conv.1.pointwise.weight 256x256x1x1",
    ]);
  });
});
