/** Inputs for the tests of proposals and regions, as tools/golden/networks_heads.py makes them. */
import assert from "node:assert/strict";
import type { RandomStreams } from "@malleolus/random";
import { detectron2Config, type MaskRcnnConfig } from "@malleolus/schema";
import { fromTypedArray, nn, noGrad, type Tensor } from "@malleolus/torch";

export function waveArray(count: number, seed: number, scale: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    return scale * Math.sin(0.013 * i * i + 1.7 * i + seed);
  });
}

export function wave(shape: readonly number[], seed: number, scale: number): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return fromTypedArray(waveArray(count, seed, scale), shape);
}

/** Writes a wave into a layer's weight, and one into its bias. */
export function setLayer(
  layer: { weight: Tensor; bias?: Tensor },
  seed: number,
  scale: number,
): void {
  noGrad(() => {
    layer.weight.copy_(wave(layer.weight.shape, seed, scale));
    layer.bias?.copy_(wave(layer.bias.shape, seed + 1, 0.1));
  });
}

/** Detectron2's network with 8 channels and three classes. */
export function smallConfig(): MaskRcnnConfig {
  const config = detectron2Config(["a", "b", "c"]);
  return {
    ...config,
    backbone: { ...config.backbone, fpnChannels: 8 },
    anchors: { ...config.anchors, sizes: [[8], [16], [32], [64], [128]] },
    rpn: { ...config.rpn, preNms: { train: 100, test: 100 }, postNms: { train: 50, test: 50 } },
    roi: {
      ...config.roi,
      box: { ...config.roi.box, fullyConnectedChannels: 32 },
      mask: { ...config.roi.mask, channels: 8 },
    },
  };
}

/** A stream of its own for every seed, purpose and slot. */
export function randomFrom(seed: number): RandomStreams {
  return (purpose, slot) => {
    let state = seed * 7919 + slot * 104729 + purpose.length * 31 + 1;
    return () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
  };
}

/** Gradients as the golden files hold them: sum of absolute values, and the first three. */
export function assertGradients(
  module: object,
  expected: Readonly<Record<string, readonly number[]>>,
): void {
  const parameters = nn.parameters(module);
  assert.deepEqual([...parameters.keys()].sort(), Object.keys(expected).sort());
  for (const [name, parameter] of parameters) {
    const gradient = parameter.grad?.toFloat32Array() ?? new Float32Array();
    const sum = gradient.reduce((total, value) => total + Math.abs(value), 0);
    assertClose([sum, ...gradient.subarray(0, 3)], expected[name], 1e-4 * expected[name][0], name);
  }
}

/** Each number within `tolerance` of the expected one; nested lists are flattened. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: readonly (number | readonly number[])[],
  tolerance: number,
  what = "",
): void {
  const wanted = expected.flat();
  assert.equal(actual.length, wanted.length, `${what}: count`);
  wanted.forEach((value, i) => {
    assert.ok(
      Math.abs(actual[i] - value) <= tolerance,
      `${what}[${i}]: expected ${value}, got ${actual[i]}`,
    );
  });
}
