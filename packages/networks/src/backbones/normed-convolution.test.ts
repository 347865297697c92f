import assert from "node:assert/strict";
import test from "node:test";
import {
  allclose,
  autocast,
  backward,
  liveTensors,
  manualSeed,
  nn,
  randn,
  scope,
  type Tensor,
  tensor,
} from "@malleolus/torch";
import { isBatchNorm, type NormKind, normedConvolution } from "./normed-convolution.ts";

function layerOf(norm: NormKind) {
  manualSeed(7);
  const layer = normedConvolution({ in: 8, out: 32, kernel: 3, stride: 2, norm });
  if (isBatchNorm(layer.norm)) {
    const { weight, bias, running_mean, running_var } = layer.norm;
    for (const tensor of [weight, bias, running_mean]) nn.normal(tensor, 0.5, 1);
    running_var.uniform_({ from: 0.5, to: 2 });
  }
  return layer;
}

function close(a: Tensor | null, b: Tensor | null): boolean {
  return a !== null && b !== null && allclose(a, b, { rtol: 1e-4, atol: 1e-4 });
}

test("normedConvolution: folded and unfolded give the same, and the same gradients", () => {
  const before = liveTensors();
  scope(() => {
    const layer = layerOf("measured");
    const input = randn([2, 8, 12, 10]);
    const weigh = randn([2, 32, 6, 5]);
    const results = [
      () => layer.forward(input),
      () => layer.norm.forward(layer.convolve(input)),
    ].map((run) => {
      const output = run();
      backward(output.mul(weigh).sum());
      const grads = [layer.weight, layer.norm.weight, layer.norm.bias].map((tensor) => {
        const { grad } = tensor;
        tensor.grad = null;
        return grad;
      });
      return { output, grads };
    });
    const [folded, unfolded] = results;
    assert.deepEqual(folded.output.shape, [2, 32, 6, 5]);
    assert.ok(close(folded.output, unfolded.output));
    folded.grads.forEach((grad, i) => {
      assert.ok(close(grad, unfolded.grads[i]));
    });
  });
  assert.equal(liveTensors(), before);
});

test("normedConvolution: frozen weights are folded once, and anew after any of them changes", () => {
  const before = liveTensors();
  scope(() => {
    const layer = layerOf("frozen");
    nn.freeze(layer);
    const input = randn([1, 8, 6, 6]);
    const unfolded = () => layer.norm.forward(layer.convolve(input));
    assert.ok(close(layer.forward(input), unfolded()));
    const held = liveTensors();
    scope(() => void layer.forward(input));
    assert.equal(liveTensors(), held);

    for (const tensor of nn.stateDict(layer).values()) {
      tensor.mul_(1.5);
      assert.ok(close(layer.forward(input), unfolded()), "the change is seen");
    }
    scope(() => void layer.forward(input.to("bfloat16")));
    assert.equal(
      scope(() => layer.forward(input.to("bfloat16")).dtype),
      "bfloat16",
    );
    layer.clearFoldedWeights();
  });
  assert.equal(liveTensors(), before);
});

test("normedConvolution: group norm normalises, and keeps the dtype under autocast", () => {
  const before = liveTensors();
  scope(() => {
    const layer = layerOf("group");
    const output = autocast("bfloat16", () => layer.forward(randn([1, 8, 16, 16])));
    assert.equal(output.dtype, "bfloat16");
    const spread = output
      .to("float32")
      .std({ dim: [2, 3] })
      .mean()
      .item();
    assert.ok(spread > 0.8 && spread < 1.2, `${spread}`);
  });
  assert.equal(liveTensors(), before);
});

test("normedConvolution: forwardRelu6 cuts at 0 and 6, and so are gradients, in both dtypes", () => {
  const before = liveTensors();
  scope(() => {
    const layer = normedConvolution({ in: 1, out: 1, kernel: 1, stride: 1, norm: "measured" });
    layer.weight.detach().fill_(1);
    for (const dtype of [null, "bfloat16"] as const) {
      const input = tensor([[[[-2, 0.5, 3, 7]]]]).requiresGrad_();
      const output = autocast(dtype, () => layer.forwardRelu6(input));
      assert.equal(output.dtype, dtype ?? "float32");
      const near = (got: readonly number[], expected: readonly number[]) =>
        got.forEach((value, i) => {
          assert.ok(Math.abs(value - expected[i]) < 0.02, `${dtype}: ${got}`);
        });
      near(output.detach().toNumbers(), [0, 0.5, 3, 6]);
      backward(output.to("float32").sum());
      near(input.grad?.toNumbers() ?? [], [0, 1, 1, 0]);
    }
  });
  assert.equal(liveTensors(), before);
});
