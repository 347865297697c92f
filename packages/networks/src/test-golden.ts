/**
 * What the tests of MobileNetV2 and DeepLab's parts share: weights by their names, as
 * tools/golden/networks_mobilenet.py and named_numbers.py make them, and comparisons with what
 * torchvision made of these.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fromTypedArray, nn, noGrad, scope, type Tensor } from "@malleolus/torch";

/** A tensor as the generator describes it. */
export interface Described {
  readonly shape: number[];
  readonly meanAbs: number;
  readonly samples: number[];
}

/** By torchvision's names: a gradient's length, and the sum of its products with `plain` numbers. */
export type GradientsByName = Readonly<Record<string, readonly [length: number, probe: number]>>;

const TOLERANCE = 1e-4;

/** `count` numbers in [-1, 1) that depend on the name and the place alone. */
export function uniform(name: string, count: number): Float64Array {
  let seed = 0;
  for (const character of name) seed = (Math.imul(seed, 31) + character.charCodeAt(0)) >>> 0;
  // A loop: `from` takes several times as long, and networks have millions of them.
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let x = Math.imul((i + seed) | 0, 2654435761) >>> 0;
    x = (x ^ (x >>> 15)) >>> 0;
    x = Math.imul(x, 2246822519) >>> 0;
    numbers[i] = ((x ^ (x >>> 13)) >>> 0) / 2 ** 31 - 1;
  }
  return numbers;
}

export function plain(name: string, shape: readonly number[], scale = 1): Tensor {
  const values = uniform(name, sizeOf(shape)).map((u) => Math.fround(u) * scale);
  return fromTypedArray(new Float32Array(values), shape);
}

/** Fills a module's tensors; `nameOf` gives torchvision's name of one. */
export function fillByName(module: object, nameOf = (name: string) => name): void {
  scope(() =>
    noGrad(() => {
      for (const [name, tensor] of nn.stateDict(module)) {
        const { shape } = tensor;
        const [scale, offset] = scaleOf(nameOf(name), shape);
        const values = uniform(nameOf(name), sizeOf(shape)).map((u) => offset + scale * u);
        tensor.copy_(fromTypedArray(new Float32Array(values), shape));
      }
    }),
  );
}

function scaleOf(name: string, shape: readonly number[]): [scale: number, offset: number] {
  if (name.endsWith("running_var")) return [0.2, 1];
  if (shape.length > 1) return [Math.sqrt(6 / sizeOf(shape.slice(1))), 0];
  return name.endsWith("weight") ? [0.1, 0.8] : [0.2, 0];
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function readGolden<T>(url: URL): T {
  return JSON.parse(readFileSync(url, "utf8"));
}

export function assertDescribed(tensor: Tensor, expected: Described, what: string): void {
  const { shape, meanAbs, samples } = expected;
  assert.deepEqual(tensor.shape, shape, what);
  assertNear(tensor.detach().abs().mean().item(), meanAbs, TOLERANCE * meanAbs, what);
  const values = tensor.detach().toFloat32Array();
  const step = Math.max(1, Math.floor(values.length / samples.length));
  const largest = Math.max(...samples.map(Math.abs));
  samples.forEach((value, k) => {
    assertNear(values[k * step], value, TOLERANCE * largest, `${what}[${k * step}]`);
  });
}

/** Every parameter that trains has the expected gradient, and no other has one. */
export function assertGradientsByName(
  module: object,
  expected: GradientsByName,
  nameOf = (name: string) => name,
): void {
  const parameters = nn.parameters(module);
  assert.deepEqual([...parameters.keys()].map(nameOf).sort(), Object.keys(expected).sort());
  for (const [own, { grad, shape }] of parameters) {
    const name = nameOf(own);
    const [length, probe] = expected[name];
    assert.ok(grad !== null, name);
    assertNear(grad.square().sum().sqrt().item(), length, TOLERANCE * length, `length of ${name}`);
    const product = grad
      .mul(plain(`probe ${name}`, shape))
      .sum()
      .item();
    assertNear(product, probe, TOLERANCE * length, `probe of ${name}`);
  }
}

export function assertNear(got: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(got - expected) <= tolerance, `${what}: expected ${expected}, got ${got}`);
}
