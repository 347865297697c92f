/** depthwiseConvolution against LibTorch's own convolution with as many groups as channels. */
import assert from "node:assert/strict";
import {
  autocast,
  backward,
  conv2d,
  depthwiseConvolution,
  grad,
  manualSeed,
  mul,
  noGrad,
  randn,
  setThreads,
  sum,
  type Tensor,
  threads,
} from "./index.ts";
import { assertClose, assertTorchError, tensorTest } from "./test-tensors.ts";

interface Case {
  readonly title: string;
  readonly input: readonly [number, number, number, number];
  readonly stride?: number;
  readonly padding?: number;
  readonly dilation?: number;
  readonly kernel?: number;
}

const cases: readonly Case[] = [
  { title: "dilated", input: [2, 40, 12, 9], padding: 2, dilation: 2 },
  { title: "channels that no vector fits", input: [1, 45, 6, 11], padding: 2, dilation: 2 },
  { title: "fewer channels than a vector", input: [2, 3, 5, 5], padding: 2, dilation: 2 },
  { title: "with a stride", input: [1, 20, 14, 11], stride: 2, padding: 2, dilation: 2 },
  {
    title: "with a stride that skips the last cells",
    input: [1, 16, 9, 13],
    stride: 3,
    dilation: 2,
  },
  { title: "dilated beyond the map", input: [1, 16, 5, 8], padding: 6, dilation: 6 },
  { title: "padded by more than it reaches", input: [1, 16, 4, 4], padding: 5, dilation: 2 },
  { title: "one cell", input: [1, 16, 1, 1], padding: 3, dilation: 3 },
  { title: "many rows", input: [3, 16, 40, 5], padding: 4, dilation: 4 },
  { title: "not dilated", input: [2, 40, 12, 9], padding: 1 },
  { title: "not dilated, with a stride", input: [2, 45, 9, 7], stride: 2, padding: 1 },
  { title: "5x5", input: [2, 40, 12, 19], padding: 2, kernel: 5 },
  { title: "5x5, channels that no vector fits", input: [1, 45, 6, 11], padding: 2, kernel: 5 },
  { title: "5x5, with a stride", input: [2, 24, 14, 23], stride: 2, padding: 2, kernel: 5 },
  { title: "5x5, with a stride and no border", input: [1, 45, 13, 18], stride: 2, kernel: 5 },
  {
    title: "5x5, with a stride that skips the last cells",
    input: [1, 16, 16, 13],
    stride: 3,
    padding: 1,
    kernel: 5,
  },
  { title: "5x5, padded by more than it reaches", input: [1, 16, 4, 6], padding: 7, kernel: 5 },
  { title: "5x5, few cells", input: [1, 24, 2, 3], stride: 2, padding: 2, kernel: 5 },
  { title: "5x5, one cell", input: [1, 16, 1, 1], padding: 2, kernel: 5 },
  { title: "5x5, dilated", input: [1, 16, 8, 9], padding: 4, dilation: 2, kernel: 5 },
  { title: "7x7, LibTorch's way", input: [1, 16, 8, 8], padding: 3, kernel: 7 },
];

interface Given {
  readonly input: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor;
}

function givenFor({ input, kernel = 3 }: Case): Given {
  manualSeed(5);
  return {
    input: randn(input),
    weight: randn([input[1], 1, kernel, kernel]),
    bias: randn([input[1]]),
  };
}

type Convolve = (
  given: Given,
  options: { stride: number; padding: number; dilation: number },
) => Tensor;
const ours: Convolve = ({ input, weight, bias }, options) =>
  depthwiseConvolution(input, weight, { bias, ...options });
const reference: Convolve = ({ input, weight, bias }, options) =>
  conv2d(input, weight, { bias, ...options, groups: weight.shape[0] });

/** Output and gradients for a gradient that is different everywhere. */
function run(convolve: Convolve, given: Given, { stride = 1, padding = 0, dilation = 1 }: Case) {
  const [input, weight, bias] = [given.input, given.weight, given.bias].map((each) =>
    each.detach().requiresGrad_(),
  );
  const output = convolve({ input, weight, bias }, { stride, padding, dilation });
  backward(sum(mul(output, output.detach().sigmoid())));
  return { output, input: input.grad, weight: weight.grad, bias: bias.grad };
}

function assertAlike(
  got: ReturnType<typeof run>,
  wanted: ReturnType<typeof run>,
  relative: number,
): void {
  for (const part of ["output", "input", "weight", "bias"] as const) {
    const [own, other] = [got[part], wanted[part]];
    assert.ok(own !== null && other !== null, part);
    assert.deepEqual(own.shape, other.shape, part);
    const values = other.to("float32").toFloat32Array();
    const most = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    assertClose(own.to("float32"), values, { absolute: relative * most }, part);
  }
}

for (const each of cases) {
  for (const memoryFormat of ["channelsLast", "contiguous"] as const) {
    tensorTest(`depthwiseConvolution: ${each.title}, ${memoryFormat}`, () => {
      const given = givenFor(each);
      const input = given.input.to({ memoryFormat });
      assertAlike(run(ours, { ...given, input }, each), run(reference, given, each), 1e-5);
    });
  }
}

tensorTest("depthwiseConvolution: in bfloat16 as LibTorch computes it", () => {
  const [each] = cases;
  const given = givenFor(each);
  const lowered = autocast("bfloat16", () => run(ours, given, each));
  assert.equal(lowered.output.dtype, "bfloat16");
  assertAlike(lowered, run(reference, given, each), 0.03);
});

tensorTest("depthwiseConvolution: no bit depends on the number of threads", () => {
  const before = threads();
  const [dilated, plain]: Case[] = [
    { title: "dilated", input: [3, 48, 31, 26], padding: 2, dilation: 2 },
    { title: "5x5", input: [3, 48, 31, 26], stride: 2, padding: 2, kernel: 5 },
  ];
  for (const each of [dilated, plain]) {
    const given = givenFor(each);
    const [one, two] = [1, 2].map((count) => {
      setThreads(count);
      return run(ours, given, each);
    });
    setThreads(before);
    for (const part of ["output", "input", "weight"] as const) {
      const values = [one, two].map((found) => found[part]?.toFloat32Array());
      assert.deepEqual(values[0], values[1], `${each.title}, ${part}`);
    }
  }
});

tensorTest("depthwiseConvolution: only what is asked for has a gradient, and no second one", () => {
  const { input, weight } = givenFor(cases[0]);
  const options = { padding: 2, dilation: 2 };
  const [alone] = grad(sum(depthwiseConvolution(input, weight.requiresGrad_(), options)), [weight]);
  assert.ok(alone);
  assert.equal(noGrad(() => depthwiseConvolution(input, weight, options)).requiresGrad, false);
});

tensorTest("depthwiseConvolution: refuses what does not fit", () => {
  const input = randn([1, 4, 6, 6]);
  assertTorchError(
    () => depthwiseConvolution(input, randn([3, 1, 3, 3])),
    "operator",
    /expected a weight \[4, 1, K, K\]/,
  );
  assertTorchError(
    () => depthwiseConvolution(input, randn([4, 1, 3, 3]), { stride: 0 }),
    "operator",
    /expected a stride and a dilation of at least 1/,
  );
  assertTorchError(
    () => depthwiseConvolution(input, randn([4, 1, 3, 3]), { dilation: 3 }),
    "operator",
    /expected an input that holds the kernel, 7 cells/,
  );
  assertTorchError(
    () => depthwiseConvolution(input, randn([4, 1, 3, 3]), { bias: randn([3]) }),
    "operator",
    /expected a bias \[4\]/,
  );
});
