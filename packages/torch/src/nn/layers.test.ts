import assert from "node:assert/strict";
import {
  autocast,
  backward,
  convTranspose2d,
  manualSeed,
  nn,
  ones,
  randn,
  type Tensor,
  tensor,
} from "../index.ts";
import { assertClose, assertTorchError, tensorTest } from "../test-tensors.ts";

tensorTest("layers: shapes of weights and outputs", () => {
  const image = ones([2, 4, 8, 8]);
  const cases: readonly [
    nn.Layer & { weight: Tensor; bias?: Tensor },
    Tensor,
    number[],
    number[],
  ][] = [
    [nn.convolution({ in: 4, out: 6, kernel: 3, padding: 1 }), image, [6, 4, 3, 3], [2, 6, 8, 8]],
    [nn.convolution({ in: 4, out: 6, kernel: 3, stride: 2 }), image, [6, 4, 3, 3], [2, 6, 3, 3]],
    [
      nn.convolution({ in: 4, out: 6, kernel: 3, dilation: 2, groups: 2 }),
      image,
      [6, 2, 3, 3],
      [2, 6, 4, 4],
    ],
    [
      nn.transposedConvolution({ in: 4, out: 6, kernel: 2, stride: 2 }),
      image,
      [4, 6, 2, 2],
      [2, 6, 16, 16],
    ],
    [nn.fullyConnected({ in: 5, out: 3 }), ones([2, 5]), [3, 5], [2, 3]],
    [nn.batchNorm2d(4), image, [4], [2, 4, 8, 8]],
    [nn.frozenBatchNorm2d(4), image, [4], [2, 4, 8, 8]],
    [nn.groupNorm2d(4, 2), image, [4], [2, 4, 8, 8]],
  ];
  for (const [layer, input, weight, output] of cases) {
    assert.deepEqual(layer.weight.shape, weight);
    assert.deepEqual(layer.forward(input).shape, output);
  }
  const bare = nn.convolution({ in: 4, out: 6, kernel: 1, bias: false });
  assert.equal(bare.bias, undefined);
  assert.deepEqual([...nn.stateDict(bare).keys()], ["weight"]);
});

tensorTest("layers: which tensors train", () => {
  const names = (module: object) => [...nn.parameters(module).keys()];
  assert.deepEqual(names(nn.convolution({ in: 1, out: 1, kernel: 1 })), ["weight", "bias"]);
  assert.deepEqual(names(nn.batchNorm2d(2)), ["weight", "bias"]);
  assert.deepEqual(names(nn.frozenBatchNorm2d(2)), []);
  assert.deepEqual(names(nn.groupNorm2d(2, 1)), ["weight", "bias"]);
});

tensorTest(
  "transposedConvolution: under autocast its input decides the dtype, gradients arrive",
  () => {
    const down = nn.convolution({ in: 2, out: 4, kernel: 3, padding: 1 });
    const input = randn([1, 2, 4, 4]);
    for (const [kernel, stride, padding] of [
      [2, 2, 0],
      [3, 3, 0],
      [3, 2, 1],
    ] as const) {
      const up = nn.transposedConvolution({ in: 4, out: 3, kernel, stride, padding });
      const { weight, bias } = up;
      assert(bias !== undefined);
      nn.normal(bias, 1);
      const exact = convTranspose2d(down.forward(input), weight, { bias, stride, padding });
      assertClose(up.forward(down.forward(input)), exact.toFloat32Array(), { absolute: 1e-5 });
      const output = autocast("bfloat16", () => up.forward(down.forward(input)));
      assert.equal(output.dtype, "bfloat16");
      const coarse = { absolute: 0.05, relative: 0.05 };
      assertClose(output, exact.toFloat32Array(), coarse, `kernel ${kernel}, stride ${stride}`);
      backward(output.to("float32").sum());
      assert.equal(weight.grad?.dtype, "float32");
      assert.equal(bias.grad?.dtype, "float32");
    }
  },
);

tensorTest("frozenBatchNorm2d: keeps bfloat16 and channels-last", () => {
  const layer = nn.frozenBatchNorm2d(2);
  layer.running_mean.copy_(tensor([1, 2]));
  layer.weight.fill_(2);
  const input = ones([1, 2, 3, 3]).to({ dtype: "bfloat16", memoryFormat: "channelsLast" });
  const output = layer.forward(input);
  assert.equal(output.dtype, "bfloat16");
  assert.equal(output.isContiguous("channelsLast"), true);
  assertClose(output.at(0, "...", 0, 0), [0, -2], { absolute: 0.02 });
});

tensorTest("batchNorm2d: one value a channel has no statistics", () => {
  const layer = nn.batchNorm2d(2);
  // LibTorch's own operator computes; the check stands in PyTorch's Python.
  const output = layer.forward(ones([1, 2, 2, 2]));
  assertClose(output, Array(8).fill(0), { absolute: 1e-6 });
  assertTorchError(() => layer.forward(ones([1, 3, 2, 2])), "operator", /running_mean|channel/);
});

interface Moments {
  mean: number;
  std: number;
  largest: number;
}

function momentsOf(weight: Tensor): Moments {
  const values = weight.toFloat32Array();
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return {
    mean,
    std: Math.sqrt(variance),
    largest: values.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
  };
}

tensorTest("initialisers: the statistics that their definitions give", () => {
  manualSeed(11);
  const weight = randn([64, 32, 3, 3]).requiresGrad_();
  const near = (value: number, expected: number, what: string) =>
    assert(Math.abs(value - expected) < 0.03 * expected, `${what}: ${value}, not ${expected}`);

  assert.equal(nn.msraFill(weight), weight);
  near(momentsOf(weight).std, Math.sqrt(2 / (64 * 9)), "msraFill's deviation");
  assert(Math.abs(momentsOf(weight).mean) < 2e-3);

  nn.xavierFill(weight);
  const bound = Math.sqrt(3 / (32 * 9));
  near(momentsOf(weight).largest, bound, "xavierFill's bound");
  assert(momentsOf(weight).largest <= bound);
  near(momentsOf(weight).std, bound / Math.sqrt(3), "xavierFill's deviation");

  nn.normal(weight, 0.01, 5);
  near(momentsOf(weight).std, 0.01, "normal's deviation");
  near(momentsOf(weight).mean, 5, "normal's mean");

  nn.constant(weight, 0.25);
  assert.deepEqual(momentsOf(weight), { mean: 0.25, std: 0, largest: 0.25 });
  assert.equal(weight.requiresGrad, true);
});

tensorTest("undrawn: weights are left as they were, and so is the generator", () => {
  manualSeed(3);
  const expected = randn([4]).toFloat32Array();
  manualSeed(3);
  const [normal, uniform] = nn.undrawn(() => [
    nn.normal(ones([2, 2]), 1),
    nn.xavierFill(ones([2, 2])),
  ]);
  for (const weight of [normal, uniform])
    assert.deepEqual([...weight.toFloat32Array()], [1, 1, 1, 1]);
  assert.deepEqual(randn([4]).toFloat32Array(), expected);
  assert.throws(() => nn.undrawn(() => assert.fail("thrown")), /thrown/);
  assert.notDeepEqual([...nn.normal(ones([2, 2]), 1).toFloat32Array()], [1, 1, 1, 1]);
});
