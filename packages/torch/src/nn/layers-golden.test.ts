/** Layers and autocast against PyTorch's numbers (tools/golden/torch_layers.py). */
import assert from "node:assert/strict";
import { readGolden, seededNumbers } from "../golden/test-golden.ts";
import {
  autocast,
  backward,
  batchNorm,
  conv2d,
  convTranspose2d,
  groupNorm,
  linear,
  nn,
  noGrad,
  type Tensor,
} from "../index.ts";
import { assertClose, exactBfloat16, tensorTest } from "../test-tensors.ts";

type Gradients = Record<string, number[]>;
interface Result {
  shape: number[];
  output: number[];
  gradients: Gradients;
}
interface Layers {
  convolutions: (Result & {
    stride: number;
    padding: number;
    dilation: number;
    groups: number;
  })[];
  transposedConvolution: Result;
  batchNorm: {
    training: (Result & { running_mean: number[]; running_var: number[] })[];
    evaluated: Result;
  };
  groupNorm: Result;
  autocast: {
    dtypes: [string, string];
    convolution: number[];
    linear: number[];
    gradients: Gradients;
  };
}

const golden: Layers = readGolden("layers.json");
const TOLERANCE = { absolute: 1e-5, relative: 1e-5 };

/** Checks an output and the gradients of its inputs for the gradient `numbers(seed)` above it. */
function checkResult(
  output: Tensor,
  seed: number,
  inputs: Record<string, Tensor>,
  expected: { output: number[]; gradients: Gradients },
): void {
  assertClose(output, expected.output, TOLERANCE, "output");
  backward(output, { gradients: [seededNumbers(seed, ...output.shape)] });
  assert.deepEqual(Object.keys(inputs).sort(), Object.keys(expected.gradients).sort());
  for (const [name, input] of Object.entries(inputs)) {
    assert(input.grad !== null, `${name} has a gradient`);
    assertClose(input.grad, expected.gradients[name] ?? [], TOLERANCE, `gradient of ${name}`);
  }
}

for (const memoryFormat of ["contiguous", "channelsLast"] as const) {
  for (const expected of golden.convolutions) {
    const { stride, padding, dilation, groups } = expected;
    tensorTest(
      `conv2d: stride ${stride}, padding ${padding}, dilation ${dilation}, groups ${groups}, ${memoryFormat}, as PyTorch's`,
      () => {
        const input = seededNumbers(1, 1, 4, 7, 6).to({ memoryFormat }).requiresGrad_();
        const weight = seededNumbers(2, 4, 4 / groups, 3, 3)
          .to({ memoryFormat })
          .requiresGrad_();
        const bias = seededNumbers(3, 4).requiresGrad_();
        const output = conv2d(input, weight, { bias, stride, padding, dilation, groups });
        assert.deepEqual(output.shape, expected.shape);
        checkResult(output, 4, { input, weight, bias }, expected);
      },
    );
  }
}

tensorTest("transposedConvolution: as PyTorch's", () => {
  const input = seededNumbers(5, 2, 3, 4, 3).requiresGrad_();
  const layer = nn.transposedConvolution({ in: 3, out: 2, kernel: 2, stride: 2 });
  const { weight, bias } = layer;
  assert(bias !== undefined);
  noGrad(() => {
    weight.copy_(seededNumbers(6, 3, 2, 2, 2));
    bias.copy_(seededNumbers(7, 2));
  });
  const output = layer.forward(input);
  assert.deepEqual(output.shape, golden.transposedConvolution.shape);
  checkResult(output, 8, { input, weight, bias }, golden.transposedConvolution);
  assertClose(
    convTranspose2d(input, weight, { bias, stride: 2 }),
    golden.transposedConvolution.output,
    TOLERANCE,
  );
});

tensorTest(
  "batchNorm2d: outputs, gradients and running statistics over three steps, then in evaluation, as PyTorch's",
  () => {
    const layer = nn.batchNorm2d(3, { eps: 1e-5, momentum: 0.1 });
    noGrad(() => {
      layer.weight.copy_(seededNumbers(9, 3));
      layer.bias.copy_(seededNumbers(10, 3));
    });
    const run = (
      seed: number,
      scale: number,
      shift: number,
      gradient: number,
      expected: Result,
    ) => {
      layer.weight.grad = null;
      layer.bias.grad = null;
      const input = seededNumbers(seed, 2, 3, 4, 5).mul(scale).add(shift).requiresGrad_();
      const { weight, bias } = layer;
      checkResult(layer.forward(input), gradient, { input, weight, bias }, expected);
    };
    for (const [step, expected] of golden.batchNorm.training.entries()) {
      run(11 + step, 3, 1, 14, expected);
      assertClose(layer.running_mean, expected.running_mean, TOLERANCE, "running mean");
      assertClose(layer.running_var, expected.running_var, TOLERANCE, "running variance");
    }
    layer.training = false;
    const before = layer.running_mean.toNumbers();
    run(15, 1, 0, 16, golden.batchNorm.evaluated);
    assert.deepEqual(layer.running_mean.toNumbers(), before, "evaluation leaves the statistics");
  },
);

tensorTest("frozenBatchNorm2d and foldNorm: the same as batch norm in evaluation", () => {
  const frozen = nn.frozenBatchNorm2d(6);
  frozen.weight.copy_(seededNumbers(50, 6));
  frozen.bias.copy_(seededNumbers(51, 6));
  frozen.running_mean.copy_(seededNumbers(52, 6));
  frozen.running_var.copy_(seededNumbers(53, 6).square().add(0.1));
  const weight = seededNumbers(2, 6, 4, 3, 3);
  const input = seededNumbers(1, 1, 4, 7, 6);
  const convolved = conv2d(input, weight);
  const expected = batchNorm(convolved, false, 0.1, 1e-5, false, {
    weight: frozen.weight,
    bias: frozen.bias,
    runningMean: frozen.running_mean,
    runningVar: frozen.running_var,
  }).toFloat32Array();
  assertClose(frozen.forward(convolved), expected, TOLERANCE, "frozen");
  const folded = nn.foldNorm(weight, frozen);
  assertClose(conv2d(input, folded.weight, { bias: folded.bias }), expected, TOLERANCE, "folded");
});

tensorTest("groupNorm: as PyTorch's", () => {
  const input = seededNumbers(17, 2, 6, 3, 2).requiresGrad_();
  const weight = seededNumbers(18, 6).requiresGrad_();
  const bias = seededNumbers(19, 6).requiresGrad_();
  const output = groupNorm(input, 3, { weight, bias, eps: 1e-5 });
  checkResult(output, 20, { input, weight, bias }, golden.groupNorm);
});

tensorTest(
  "autocast: a convolution and a linear layer in bfloat16 as PyTorch's",
  () => {
    const input = seededNumbers(27, 2, 8, 6, 6);
    const weight = seededNumbers(28, 4, 8, 3, 3).requiresGrad_();
    const bias = seededNumbers(29, 4).requiresGrad_();
    const head = seededNumbers(30, 5, 4).requiresGrad_();
    const [convolved, scores] = autocast("bfloat16", () => {
      const y = conv2d(input, weight, { bias, padding: 1 });
      return [y, linear(y.relu().mean({ dim: [2, 3] }), head)];
    });
    assert(convolved !== undefined && scores !== undefined);
    assert.deepEqual([convolved.dtype, scores.dtype], golden.autocast.dtypes);
    // One unit in the last place of bfloat16 is 2^-8 of the value.
    const coarse = { absolute: 0.02, relative: 1 / 128 };
    assertClose(convolved, golden.autocast.convolution, coarse, "convolution");
    assertClose(scores, golden.autocast.linear, coarse, "linear");
    backward(scores.to("float32"), { gradients: [seededNumbers(31, 2, 5)] });
    assert(bias.grad !== null && head.grad !== null);
    assert.equal(weight.grad?.dtype, "float32");
    assertClose(bias.grad, golden.autocast.gradients.bias ?? [], coarse, "gradient of bias");
    assertClose(head.grad, golden.autocast.gradients.head ?? [], coarse, "gradient of head");
  },
  exactBfloat16,
);
