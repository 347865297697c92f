/** The operators on a GPU against the same ones on the CPU. Without a GPU: cuda-kernels.test.ts. */
import assert from "node:assert/strict";
import { seededNumbers } from "./golden/test-golden.ts";
import {
  backward,
  call,
  channelsLastGroupNorm,
  type Device,
  fromTypedArray,
  hasCuda,
  nms,
  nmsMask,
  optim,
  roiAlign,
  type Tensor,
  tensor,
} from "./index.ts";
import { assertClose, tensorTest } from "./test-tensors.ts";

const skip = hasCuda() ? false : "no CUDA device: LibTorch has none, or finds no GPU";
const devices: readonly Device[] = ["cpu", "cuda"];

/** Calls `compute` with tensors on the CPU and on the GPU; both times its results, on the CPU. */
function onBoth<T extends Readonly<Record<string, Tensor | null>>>(
  inputs: readonly Tensor[],
  compute: (...inputs: Tensor[]) => T,
): [expected: Tensor[], got: Tensor[]] {
  const [expected, got] = devices.map((device) => {
    const results = Object.values(compute(...inputs.map((input) => input.to({ device }))));
    return results.map((result) => {
      assert(result !== null);
      assert(result.device.startsWith(device));
      return result.to({ device: "cpu" });
    });
  });
  return [expected, got];
}

function assertAlike([expected, got]: [Tensor[], Tensor[]], absolute: number, relative = 0): void {
  expected.forEach((tensor, i) => {
    assert.equal(got[i].dtype, tensor.dtype);
    assert.deepEqual(got[i].shape, tensor.shape);
    assertClose(got[i], tensor.toFloat32Array(), { absolute, relative }, `result ${i}`);
  });
}

const regions = [
  [0, 4.3, 2.7, 150.1, 130.9],
  [1, 0, 0, 200, 160],
  [1, -30, -12.5, 25, 70],
  [0, 700, 700, 740, 730],
  [1, 50, 40, 20, 10],
];

for (const dtype of ["float32", "bfloat16"] as const) {
  tensorTest(
    `CUDA: roiAlign in ${dtype} and its gradient`,
    () => {
      const features = seededNumbers(1, 2, 70, 40, 50).to({ dtype, memoryFormat: "channelsLast" });
      const pull = seededNumbers(2, regions.length, 70, 7, 7).to(dtype);
      const results = onBoth([features, tensor(regions), pull], (input, rois, gradient) => {
        const leaf = input.detach().requiresGrad_();
        const output = roiAlign(leaf, rois, 0.25, 7, 7);
        backward(output, { gradients: [gradient] });
        return { output: output.detach(), gradient: leaf.grad };
      });
      assertAlike(results, dtype === "float32" ? 2e-5 : 0.02, dtype === "float32" ? 1e-5 : 2 ** -6);
    },
    { skip },
  );

  tensorTest(
    `CUDA: channelsLastGroupNorm in ${dtype} and its gradients`,
    () => {
      const input = seededNumbers(3, 2, 64, 37, 41).to({ dtype, memoryFormat: "channelsLast" });
      const inputs = [input, seededNumbers(4, 64), seededNumbers(5, 64)];
      const results = onBoth(inputs, (...own) => {
        const [x, weight, bias] = own.map((each) => each.detach().requiresGrad_());
        const output = channelsLastGroupNorm(x, 32, weight, bias, { relu: true });
        backward(output.to("float32").square().sum());
        return { output: output.detach(), x: x.grad, weight: weight.grad, bias: bias.grad };
      });
      assertAlike(results, dtype === "float32" ? 1e-3 : 0.05, dtype === "float32" ? 1e-4 : 0.02);
    },
    { skip },
  );
}

tensorTest(
  "CUDA: roiAlign's gradient has the same bits every time",
  () => {
    const rois = tensor(Array.from({ length: 200 }, (_, i) => [0, i % 7, i % 5, 60 + i, 90 + i]));
    const pull = seededNumbers(6, 200, 64, 7, 7).to({ device: "cuda" });
    const args = [pull, rois.to({ device: "cuda" }), [1, 64, 80, 80], 0.25, 0, true] as const;
    const [first, ...others] = Array.from({ length: 5 }, () => {
      const gradient = call("malleolus::roi_align_backward", ...args);
      assert(typeof gradient === "object" && gradient !== null && "toFloat32Array" in gradient);
      return gradient.toFloat32Array();
    });
    for (const other of others) assert.deepEqual(other, first);
  },
  { skip },
);

for (const count of [1, 64, 1000, 5000]) {
  tensorTest(
    `CUDA: nms and nmsMask of ${count} boxes, to the box`,
    () => {
      const unit = seededNumbers(7, count, 4).add(1).div(2).toFloat32Array();
      const corners = Float32Array.from(unit, (value, i) =>
        i % 4 < 2 ? Math.floor(value * 100) : Math.floor((unit[i - 2] ?? 0) * 100 + 1 + value * 30),
      );
      const boxes = fromTypedArray(corners, [count, 4]);
      const scores = seededNumbers(8, count).mul(50).floor().div(50);
      scores.setAt([0], Number.NaN);
      const groups = seededNumbers(9, count).add(1).mul(1.5).floor().to("int64");
      const results = onBoth([boxes, scores, groups], (own, score, group) => ({
        all: nms(own, score, 0.5),
        grouped: nms(own, score, 0.5, { groups: group }),
        mask: nmsMask(own, score, 0.5, { groups: group }),
      }));
      assertAlike(results, 0);
    },
    { skip },
  );
}

for (const [name, make] of Object.entries({
  sgd: (parameters: Map<string, Tensor>) =>
    optim.sgd(parameters, { learningRate: 0.1, momentum: 0.9, weightDecay: 1e-2 }),
  adam: (parameters: Map<string, Tensor>) =>
    optim.adam(parameters, { learningRate: 0.1, weightDecay: 1e-2, decoupled: true }),
})) {
  tensorTest(
    `CUDA: ${name} moves parameters as on the CPU`,
    () => {
      const [start, pull] = [seededNumbers(10, 4, 3, 5, 5), seededNumbers(11, 4, 3, 5, 5)];
      const results = onBoth([start, pull], (own, gradient) => {
        const weight = own.to({ memoryFormat: "channelsLast" }).clone().requiresGrad_();
        const optimizer = make(new Map([["weight", weight]]));
        for (let i = 0; i < 3; i++) {
          weight.grad = gradient.clone();
          optimizer.step();
        }
        optimizer.free();
        return { weight: weight.detach() };
      });
      assertAlike(results, 1e-6, 1e-5);
    },
    { skip },
  );
}

tensorTest(
  "CUDA: many arrays are uploaded without waiting, and arrive as they were",
  () => {
    const length = 1 << 20;
    const data = new Float32Array(length);
    // The array is written again at once: what is on its way must not change with it.
    const sums = Array.from({ length: 16 }, (_, i) => {
      data.fill(i + 1);
      return fromTypedArray(data, [length], { device: "cuda" }).mean();
    });
    for (const [i, sum] of sums.entries()) assert.equal(sum.item(), i + 1);
  },
  { skip },
);
