/** convolution against LibTorch's own, whose gradients come another way. */
import assert from "node:assert/strict";
import {
  autocast,
  backward,
  conv2d,
  convolution,
  grad,
  keep,
  manualSeed,
  mul,
  noGrad,
  randn,
  setThreads,
  sum,
  type Tensor,
  threads,
} from "./index.ts";
import { assertClose, assertTorchError, exactBfloat16, tensorTest } from "./test-tensors.ts";

interface Case {
  readonly title: string;
  readonly input: readonly [number, number, number, number];
  readonly out: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number;
}

const cases: readonly Case[] = [
  { title: "1x1", input: [2, 24, 7, 5], out: 40, kernel: 1 },
  { title: "1x1 with a stride", input: [2, 24, 7, 6], out: 40, kernel: 1, stride: 2 },
  {
    title: "1x1 with a stride that skips the last cells",
    input: [1, 8, 8, 9],
    out: 5,
    kernel: 1,
    stride: 3,
  },
  { title: "1x1 with padding", input: [1, 8, 4, 4], out: 5, kernel: 1, padding: 1 },
  { title: "1x1 over one pixel", input: [1, 3, 1, 1], out: 1, kernel: 1 },
  { title: "3x3", input: [2, 16, 9, 7], out: 20, kernel: 3, padding: 1 },
  { title: "3x3 with a stride", input: [2, 16, 9, 8], out: 20, kernel: 3, stride: 2, padding: 1 },
  { title: "7x7", input: [1, 3, 20, 17], out: 8, kernel: 7, stride: 2, padding: 3 },
  {
    title: "a large weight over a small map",
    input: [2, 512, 3, 2],
    out: 512,
    kernel: 3,
    padding: 1,
  },
  {
    title: "a large weight over a small map, with a stride",
    input: [1, 512, 5, 4],
    out: 512,
    kernel: 3,
    stride: 2,
    padding: 1,
  },
];

/** In a quarter of the multiplications, where the processor has the instructions: float32 alone. */
const tiledCases: readonly Case[] = [
  { title: "3x3 in tiles that fit", input: [2, 64, 16, 16], out: 32, kernel: 3, padding: 1 },
  { title: "3x3 in tiles that do not fit", input: [3, 32, 13, 18], out: 96, kernel: 3, padding: 1 },
  { title: "3x3 in tiles, no padding", input: [2, 32, 17, 20], out: 64, kernel: 3 },
  { title: "3x3 in tiles, padded by two", input: [2, 64, 15, 14], out: 64, kernel: 3, padding: 2 },
  { title: "3x3 in tiles, half a panel", input: [2, 48, 16, 15], out: 80, kernel: 3, padding: 1 },
  { title: "3x3 in blocks of tiles", input: [2, 32, 50, 41], out: 32, kernel: 3, padding: 1 },
];

type Convolve = (
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options: { stride: number; padding: number },
) => Tensor;
const ours: Convolve = (input, weight, bias, options) =>
  convolution(input, weight, { bias, ...options });
const reference: Convolve = (input, weight, bias, options) =>
  conv2d(input, weight, { bias, ...options });

interface Given {
  readonly input: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor | null;
}

function givenFor({ input, out, kernel }: Case, hasBias = true): Given {
  manualSeed(5);
  const scale = 1 / Math.sqrt(input[1] * kernel * kernel);
  return {
    input: randn(input),
    weight: randn([out, input[1], kernel, kernel]).mul(scale),
    bias: hasBias ? randn([out]) : null,
  };
}

/** Output and gradients for a gradient that is different everywhere. */
function run(convolve: Convolve, given: Given, { stride = 1, padding = 0 }: Case) {
  const [x, w] = [given.input, given.weight].map((each) => each.detach().requiresGrad_());
  const b = given.bias?.detach().requiresGrad_() ?? null;
  const output = convolve(x, w, b, { stride, padding });
  backward(sum(mul(output, output.detach().sigmoid())));
  return { output, input: x.grad, weight: w.grad, bias: b?.grad ?? null };
}

/** Every part within a tolerance of the part's largest value. */
function assertAlike(
  got: ReturnType<typeof run>,
  wanted: ReturnType<typeof run>,
  relative: number,
): void {
  for (const part of ["output", "input", "weight", "bias"] as const) {
    const expected = wanted[part];
    if (expected === null) {
      assert.equal(got[part], null, part);
      continue;
    }
    const values = expected.to("float32").toFloat32Array();
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const actual = got[part];
    assert.ok(actual !== null, part);
    assert.deepEqual(actual.shape, expected.shape, part);
    assertClose(actual.to("float32"), values, { absolute: relative * largest }, part);
  }
}

for (const each of [...cases, ...tiledCases]) {
  for (const memoryFormat of ["contiguous", "channelsLast"] as const) {
    tensorTest(`convolution: ${each.title}, ${memoryFormat}`, () => {
      const given = givenFor(each);
      const input = given.input.to({ memoryFormat });
      const weight = given.weight.to({ memoryFormat });
      const laidOut = { ...given, input, weight };
      assertAlike(run(ours, laidOut, each), run(reference, given, each), 1e-5);
    });
  }
}

for (const each of cases) {
  tensorTest(`convolution: ${each.title}, without a bias, under autocast`, () => {
    const given = givenFor(each, false);
    const mixed = autocast("bfloat16", () => run(ours, given, each));
    assert.equal(mixed.output.dtype, "bfloat16");
    assert.equal(mixed.weight?.dtype, "float32");
  });
  tensorTest(
    `convolution: ${each.title}, without a bias, under autocast is what it is in float32`,
    () => {
      const given = givenFor(each, false);
      const mixed = autocast("bfloat16", () => run(ours, given, each));
      assertAlike(mixed, run(reference, given, each), 0.03);
    },
    exactBfloat16,
  );
  tensorTest(`convolution: ${each.title}, not recorded`, () => {
    const { input, weight, bias } = givenFor(each);
    const { stride = 1, padding = 0 } = each;
    const got = noGrad(() => ours(input, weight, bias, { stride, padding }));
    const expected = reference(input, weight, bias, { stride, padding });
    assert.equal(got.requiresGrad, false);
    assertClose(got, expected.toFloat32Array(), { absolute: 1e-5 });
  });
}

for (const wanted of ["input", "weight", "bias"] as const) {
  for (const kernel of [1, 3]) {
    tensorTest(`convolution: the gradient of the ${wanted} alone, ${kernel}x${kernel}`, () => {
      const each = {
        title: "",
        input: [2, 16, 6, 5],
        out: 12,
        kernel,
        padding: (kernel - 1) / 2,
      } as const;
      const given = givenFor(each);
      const leaf = given[wanted]?.detach().requiresGrad_();
      assert.ok(leaf);
      const { input, weight, bias }: Given = { ...given, ...{ [wanted]: leaf } };
      const gradientBy = (convolve: Convolve) => {
        const output = convolve(input, weight, bias, { stride: 1, padding: each.padding });
        const [gradient] = grad(sum(mul(output, output.detach())), [leaf]);
        assert.ok(gradient);
        return gradient;
      };
      const expected = gradientBy(reference).toFloat32Array();
      assertClose(gradientBy(ours), expected, { absolute: 1e-4, relative: 1e-4 });
    });
  }
}

tensorTest("convolution: one thread or three, the bits are the same", () => {
  const before = threads();
  try {
    for (const each of tiledCases) {
      const bits = [1, 3].map((count) => {
        setThreads(count);
        const { output, input, weight } = run(ours, givenFor(each), each);
        assert.ok(input !== null && weight !== null);
        return [output, input, weight].map((part) => part.toFloat32Array());
      });
      assert.deepEqual(bits[0], bits[1], each.title);
    }
  } finally {
    setThreads(before);
  }
});

tensorTest("convolution: without images there is nothing, and gradients are zero", () => {
  const each = { title: "", input: [0, 4, 5, 5], out: 3, kernel: 1 } as const;
  const { output, weight } = run(ours, givenFor(each), each);
  assert.deepEqual(output.shape, [0, 3, 5, 5]);
  assert.ok(weight?.toFloat32Array().every((value) => value === 0));
});

tensorTest("convolution: float64 goes LibTorch's way", () => {
  const each = cases[1];
  const given = givenFor(each);
  const doubled = {
    input: given.input.to("float64"),
    weight: given.weight.to("float64"),
    bias: given.bias?.to("float64") ?? null,
  };
  assertAlike(run(ours, doubled, each), run(reference, doubled, each), 1e-6);
});

tensorTest("convolution: refuses what does not fit, and a second derivative", () => {
  const input = randn([1, 4, 5, 5]);
  assertTorchError(
    () => convolution(input, randn([2, 3, 1, 1])),
    "operator",
    /expected a weight \[O, 4, K, K\]/,
  );
  assertTorchError(() => convolution(input, randn([2, 4, 1, 3])), "operator", /expected a weight/);
  assertTorchError(
    () => convolution(randn([4, 5, 5]), randn([2, 4, 1, 1])),
    "operator",
    /expected an input/,
  );
  assertTorchError(
    () => convolution(input, randn([2, 4, 1, 1]), { stride: 0 }),
    "operator",
    /stride of at least 1/,
  );
  assertTorchError(
    () => convolution(input, randn([2, 4, 1, 1]), { padding: 2 ** 52 }),
    "operator",
    /got 1 and 4503599627370496/,
  );
  const x = input.detach().requiresGrad_();
  const output = convolution(x, randn([2, 4, 1, 1]))
    .square()
    .sum();
  assertTorchError(
    () => grad(output, [x], { createGraph: true }),
    "operator",
    /no second derivative/,
  );
});

tensorTest(
  "convolution: a weight that was written to after its use is an error, not a wrong gradient",
  () => {
    const x = randn([1, 4, 5, 5]).requiresGrad_();
    const weight = keep(randn([2, 4, 1, 1])).requiresGrad_();
    const output = convolution(x, weight);
    noGrad(() => weight.add_(1));
    assertTorchError(() => backward(output.sum()), "operator", /modified by an inplace operation/);
    weight.free();
  },
);

for (const [title, [images, channels, height, width], out, biased] of [
  ["outputs that no panel fits", [2, 21, 17, 19], 37, true],
  ["outputs of one panel, without a bias", [1, 64, 24, 25], 16, false],
  ["outputs that AVX2's panel fits", [3, 40, 16, 16], 48, true],
] as const) {
  tensorTest(`convolution: 1x1 without a gradient, ${title}`, () => {
    manualSeed(6);
    const input = randn([images, channels, height, width]);
    const weight = randn([out, channels, 1, 1]).requiresGrad_();
    const bias = biased ? randn([out]) : null;
    const expected = noGrad(() => conv2d(input, weight, { bias }));
    const before = threads();
    const [one, two] = [1, 2].map((count) => {
      setThreads(count);
      return noGrad(() => convolution(input, weight, { bias }));
    });
    setThreads(before);
    assert.ok(one.isContiguous("channelsLast"));
    assertClose(one, expected.toFloat32Array(), { absolute: 1e-4 }, title);
    assertClose(two, one.toFloat32Array(), { absolute: 0 }, `${title}, two threads`);
    assert.equal(convolution(input, weight, { bias }).requiresGrad, true);
  });
}

tensorTest("convolution: a 1x1 without a gradient refuses a bias of another length", () => {
  const input = randn([2, 21, 17, 19]);
  const weight = randn([37, 21, 1, 1]);
  for (const length of [16, 48]) {
    const bias = randn([length]);
    assertTorchError(() => noGrad(() => convolution(input, weight, { bias })), "operator", /bias/);
  }
});
