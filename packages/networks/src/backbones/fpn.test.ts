import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { detectron2Config } from "@malleolus/schema";
import {
  add,
  autocast,
  backward,
  fromTypedArray,
  liveTensors,
  nn,
  noGrad,
  scope,
  type Tensor,
} from "@malleolus/torch";
import { uniform } from "../test-golden.ts";
import { featurePyramid } from "./fpn.ts";
import { clearFoldedWeightsIn } from "./normed-convolution.ts";

interface Golden {
  readonly features: { shape: number[]; meanAbs: number; samples: number[] }[];
  readonly gradients: Record<string, number>;
}

// Written by tools/golden/networks_backbone.py, whose `fill` stands here again.
const goldenUrl = new URL("./golden/backbone.json", import.meta.url);
const golden: Golden = JSON.parse(readFileSync(goldenUrl, "utf8"));

function fill(name: string, shape: readonly number[]): Tensor {
  const fanIn = shape.slice(1).reduce((product, size) => product * size, 1);
  let [scale, offset] = shape.length === 1 ? [0.1, 0] : [Math.sqrt(3 / fanIn), 0];
  if (name.endsWith("running_var")) [scale, offset] = [0.2, 1];
  else if (name.endsWith("conv3.norm.weight")) [scale, offset] = [0.05, 0.3];
  else if (name.endsWith("norm.weight")) [scale, offset] = [0.1, 1];
  const values = uniform(name, (shape[0] ?? 1) * fanIn).map((u) => offset + scale * u);
  return fromTypedArray(new Float32Array(values), shape);
}

/** Torchvision's backbone: stride in the 3x3, norms frozen everywhere. */
function referenceBackbone() {
  const config = { ...detectron2Config(["fracture"]).backbone, strideIn1x1: false };
  const backbone = featurePyramid(config);
  scope(() =>
    noGrad(() => {
      for (const [name, tensor] of nn.stateDict(backbone)) tensor.copy_(fill(name, tensor.shape));
    }),
  );
  return backbone;
}

const gray = Float32Array.from(uniform("image", 3 * 64 * 96), (value) => Math.fround(value) * 10);

function isNear(got: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(got - expected) <= tolerance, `${what}: expected ${expected}, got ${got}`);
}

test("featurePyramid: features and gradients are torchvision's", () => {
  const before = liveTensors();
  scope(() => {
    const backbone = referenceBackbone();
    const image = fromTypedArray(gray, [1, 3, 64, 96]).to({ memoryFormat: "channelsLast" });
    const features = backbone.forward(image);
    assert.equal(features.length, golden.features.length);
    features.forEach((level, i) => {
      const { shape, meanAbs, samples } = golden.features[i];
      assert.deepEqual(level.shape, shape);
      assert.ok(level.isContiguous("channelsLast"), `p${i + 2} is channels-last`);
      isNear(level.abs().mean().item(), meanAbs, 1e-5 * meanAbs + 1e-6, `p${i + 2}`);
      const values = level.toFloat32Array();
      const step = Math.max(1, Math.floor(values.length / 12));
      samples.forEach((value, k) => {
        isNear(values[k * step], value, 1e-4, `p${i + 2}[${k * step}]`);
      });
    });

    const parts = features.map((level, i) => level.mul(fill(`weigh${i}`, level.shape)).sum());
    backward(parts.reduce((sum, part) => add(sum, part)));
    const trained = [...nn.parameters(backbone)];
    assert.deepEqual(trained.map(([name]) => name).sort(), Object.keys(golden.gradients).sort());
    for (const [name, tensor] of trained) {
      const expected = golden.gradients[name];
      const norm = tensor.grad?.square().sum().sqrt().item() ?? 0;
      isNear(norm, expected, 1e-3 * expected + 1e-6, `gradient of ${name}`);
    }
    clearFoldedWeightsIn(backbone);
  });
  assert.equal(liveTensors(), before);
});

test("featurePyramid: bfloat16 stays bfloat16 from end to end and near float32", () => {
  const before = liveTensors();
  scope(() => {
    const backbone = referenceBackbone();
    const image = fromTypedArray(gray, [1, 3, 64, 96]).to({ memoryFormat: "channelsLast" });
    const halves = noGrad(() => autocast("bfloat16", () => backbone.forward(image)));
    halves.forEach((level, i) => {
      const { meanAbs } = golden.features[i];
      assert.equal(level.dtype, "bfloat16");
      assert.ok(level.isContiguous("channelsLast"));
      isNear(level.to("float32").abs().mean().item(), meanAbs, 0.02 * meanAbs, `p${i + 2}`);
    });
    clearFoldedWeightsIn(backbone);
  });
  assert.equal(liveTensors(), before);
});
