/** channelsLastGroupNorm against LibTorch's own group norm, which computes the same another way. */

import assert from "node:assert/strict";
import {
  add,
  backward,
  channelsLastGroupNorm,
  grad,
  groupNorm,
  manualSeed,
  mul,
  ones,
  randn,
  relu,
  setThreads,
  sum,
  type Tensor,
  threads,
  zeros,
} from "./index.ts";
import { assertClose, assertTorchError, tensorTest } from "./test-tensors.ts";

interface Case {
  readonly title: string;
  readonly shape: readonly [number, number, number, number];
  readonly groups: number;
}

const cases: readonly Case[] = [
  { title: "one pixel", shape: [1, 4, 1, 1], groups: 1 },
  { title: "a group a channel", shape: [2, 6, 5, 3], groups: 6 },
  { title: "one group", shape: [2, 6, 5, 3], groups: 1 },
  { title: "several blocks of pixels, the last one short", shape: [3, 64, 37, 41], groups: 32 },
  { title: "channels that fill no vector", shape: [1, 21, 9, 70], groups: 7 },
];

type Norm = typeof channelsLastGroupNorm;
const reference: Norm = (input, groups, weight, bias, { relu: rectify, ...options } = {}) => {
  const normed = groupNorm(input, groups, { weight, bias, ...options });
  return rectify ? relu(normed) : normed;
};

/** Output and gradients for a gradient that is different everywhere. */
function run(
  norm: Norm,
  input: Tensor,
  { groups }: Pick<Case, "groups">,
  weight: Tensor,
  bias: Tensor,
  options: { relu?: boolean } = {},
) {
  const [x, w, b] = [input, weight, bias].map((each) => each.detach().requiresGrad_());
  const output = norm(x, groups, w, b, options);
  const pull = output.detach().sigmoid();
  backward(sum(mul(output, pull)));
  return { output, input: x.grad, weight: w.grad, bias: b.grad };
}

for (const each of cases) {
  for (const memoryFormat of ["contiguous", "channelsLast"] as const) {
    tensorTest(`channelsLastGroupNorm: ${each.title}, ${memoryFormat}: as LibTorch's`, () => {
      manualSeed(1);
      const [, channels] = each.shape;
      const exact = (tensor: Tensor) => tensor.to("float64");
      for (const [dtype, absolute, options] of [
        ["float32", 1e-3, { relu: false }],
        ["float64", 1e-6, { relu: false }],
        ["float64", 1e-6, { relu: true }],
      ] as const) {
        const input = add(randn([...each.shape]).mul(3), 2).to({ dtype, memoryFormat });
        const weight = randn([channels]).to(dtype);
        const bias = randn([channels]).to(dtype);
        const ours = run(channelsLastGroupNorm, input, each, weight, bias, options);
        const [x, w, b] = [input, weight, bias].map(exact);
        const theirs = run(reference, x, each, w, b, options);
        assert.deepEqual(ours.output.shape, each.shape);
        assert.equal(ours.output.dtype, dtype);
        for (const key of ["output", "input", "weight", "bias"] as const) {
          const [got, expected] = [ours[key], theirs[key]];
          assert(got !== null && expected !== null);
          const tolerance = { absolute, relative: absolute };
          assertClose(got, expected.toFloat32Array(), tolerance, `${key} in ${dtype}`);
        }
      }
    });
  }
}

tensorTest("channelsLastGroupNorm: bfloat16 is computed in float32 and rounded once", () => {
  manualSeed(2);
  const each = cases[3];
  const input = randn([...each.shape]).to({ dtype: "bfloat16", memoryFormat: "channelsLast" });
  const [weight, bias] = [randn([64]), randn([64])];
  const ours = run(channelsLastGroupNorm, input, each, weight, bias);
  const exact = run(reference, input.to("float32"), each, weight, bias);
  assert.equal(ours.output.dtype, "bfloat16");
  assert.deepEqual(
    ours.output.toFloat32Array(),
    channelsLastGroupNorm(input.to("float32"), each.groups, weight, bias)
      .to("bfloat16")
      .toFloat32Array(),
  );
  const coarse = { absolute: 0.02, relative: 0.01 };
  assert(ours.input !== null && exact.input !== null);
  assertClose(ours.output, exact.output.toFloat32Array(), coarse, "output");
  assertClose(ours.input, exact.input.toFloat32Array(), coarse, "gradient");
  assert.equal(ours.weight?.dtype, "float32");
});

tensorTest(
  "channelsLastGroupNorm: with relu, bfloat16 gradients pass where the output is above 0",
  () => {
    manualSeed(4);
    const input = randn([1, 32, 20, 20]).to({ dtype: "bfloat16", memoryFormat: "channelsLast" });
    const [weight, bias] = [randn([32]), randn([32])];
    const x = input.detach().requiresGrad_();
    const beta = bias.detach().requiresGrad_();
    const output = channelsLastGroupNorm(x, 8, weight, beta, { relu: true });
    backward(output.to("float32").sum());
    // The bias's gradient counts the values that passed.
    const passed = output
      .to("float32")
      .sign()
      .sum({ dim: [0, 2, 3] });
    assert.deepEqual(beta.grad?.toFloat32Array(), passed.toFloat32Array());
  },
);

tensorTest("channelsLastGroupNorm: a mean far from 0 costs no precision", () => {
  manualSeed(3);
  const spread = randn([1, 2, 40, 40]).to("float64");
  const exact = groupNorm(spread, 1, {}).toFloat32Array();
  const shifted = add(spread, 4096).to("float32");
  const rounded = groupNorm(shifted.to("float64"), 1, {}).toFloat32Array();
  const ours = channelsLastGroupNorm(shifted, 1, ones([2]), zeros([2]));
  assertClose(ours, rounded, { absolute: 2e-3 });
  assertClose(ours, exact, { absolute: 5e-3 });
});

tensorTest("channelsLastGroupNorm: the number of threads changes no bit", () => {
  const before = threads();
  const input = randn([2, 32, 60, 50]);
  const [weight, bias] = [randn([32]), randn([32])];
  const each = { ...cases[0], groups: 8 };
  try {
    const [one, two] = [1, 2].map((count) => {
      setThreads(count);
      return run(channelsLastGroupNorm, input, each, weight, bias);
    });
    for (const key of ["output", "input", "weight", "bias"] as const) {
      assert.deepEqual(one[key]?.toFloat32Array(), two[key]?.toFloat32Array(), key);
    }
  } finally {
    setThreads(before);
  }
});

tensorTest("channelsLastGroupNorm: a second derivative is refused, not left out", () => {
  const x = randn([1, 2, 3, 3]).requiresGrad_();
  const output = channelsLastGroupNorm(x, 1, ones([2]), zeros([2]));
  assertTorchError(
    () => grad(output.sum(), [x], { createGraph: true }),
    "operator",
    /no second derivative/,
  );
});

tensorTest("channelsLastGroupNorm: what does not fit is refused with what was expected", () => {
  const image = ones([1, 4, 2, 2]);
  const four = ones([4]);
  const refusals: readonly [() => unknown, RegExp][] = [
    [() => channelsLastGroupNorm(ones([4, 4]), 2, four, four), /\[N, C, H, W\]/],
    [() => channelsLastGroupNorm(ones([1, 4, 0, 2]), 2, four, four), /with pixels/],
    [() => channelsLastGroupNorm(image, 3, four, four), /divides 4 channels, got 3/],
    [() => channelsLastGroupNorm(image, 0, four, four), /got 0/],
    [() => channelsLastGroupNorm(image, 2, ones([3]), four), /a weight of shape \[4\]/],
    [() => channelsLastGroupNorm(image, 2, four, four.to("float64")), /a bias in Float/],
    [() => channelsLastGroupNorm(image.to("int64"), 2, four, four), /float32, float64 or bfloat16/],
    [() => channelsLastGroupNorm(image, 2, four, four, { eps: -1 }), /eps of at least 0/],
  ];
  for (const [body, pattern] of refusals) assertTorchError(body, "operator", pattern);
});
