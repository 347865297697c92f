import assert from "node:assert/strict";
import { nn, ones, tensor, zeros } from "../index.ts";
import { tensorTest } from "../test-tensors.ts";

const network = () => ({
  stem: { conv1: nn.convolution({ in: 1, out: 2, kernel: 1 }) },
  blocks: [nn.batchNorm2d(2), nn.groupNorm2d(2, 1)],
  name: "not a tensor",
  sizes: new Float32Array(3),
  nothing: null,
  forward: () => zeros([1]),
});

tensorTest("stateDict: dotted names in the order of the object, also of lists; circles end", () => {
  const model: { self?: unknown } & ReturnType<typeof network> = network();
  model.self = model;
  assert.deepEqual(
    [...nn.stateDict(model).keys()],
    [
      "stem.conv1.weight",
      "stem.conv1.bias",
      "blocks.0.weight",
      "blocks.0.bias",
      "blocks.0.running_mean",
      "blocks.0.running_var",
      "blocks.1.weight",
      "blocks.1.bias",
    ],
  );
  assert.equal(nn.stateDict(model).get("stem.conv1.weight"), model.stem.conv1.weight);
});

tensorTest("freeze: no parameter of the module trains any more", () => {
  const model = network();
  assert.equal(nn.parameters(model).size, 6);
  nn.freeze(model.blocks);
  assert.deepEqual([...nn.parameters(model).keys()], ["stem.conv1.weight", "stem.conv1.bias"]);
});

tensorTest("loadStateDict: copies what fits and reports the rest", () => {
  const model = network();
  const report = nn.loadStateDict(
    model,
    new Map([
      ["stem.conv1.weight", ones([2, 1, 1, 1])],
      ["stem.conv1.bias", tensor([1, 2], { dtype: "bfloat16" })],
      ["blocks.0.weight", ones([3])],
      ["blocks.0.bias", ones([2, 1])],
      ["blocks.1.weight", tensor([5, 6])],
      ["other.weight", ones([1])],
    ]),
  );
  assert.deepEqual(report, {
    loaded: ["stem.conv1.weight", "stem.conv1.bias", "blocks.1.weight"],
    missing: ["blocks.0.running_mean", "blocks.0.running_var", "blocks.1.bias"],
    unexpected: ["other.weight"],
    mismatched: [
      { name: "blocks.0.weight", expected: [2], got: [3] },
      { name: "blocks.0.bias", expected: [2], got: [2, 1] },
    ],
  });
  const { weight, bias } = model.stem.conv1;
  assert.deepEqual(weight.toNumbers(), [1, 1]);
  assert.deepEqual(bias?.toNumbers(), [1, 2]);
  assert.equal(bias?.dtype, "float32", "in place: the module's own dtype");
  assert.equal(weight.requiresGrad, true);
  assert.deepEqual(model.blocks[0]?.weight.toNumbers(), [1, 1], "left as it was");
});
