import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "./random.ts";

test("createRandom: a path names a stream, and other paths name others", () => {
  const draw = (...path: (string | number)[]) => {
    const random = createRandom(...path);
    return [random.uniform(), random.uniform(), random.normal()];
  };
  assert.deepEqual(draw("a", 1), draw("a", 1));
  assert.notDeepEqual(draw("a", 1), draw("a", 2));
  assert.notDeepEqual(draw("a", 1), draw("a1"));
  assert.notDeepEqual(draw("a", "bc"), draw("ab", "c"));
});

test("createRandom: uniform, normal and filled draws have the moments they should", () => {
  const random = createRandom("moments");
  const filled = new Float32Array(100_000);
  random.fillNormal(filled);
  const normal = Float32Array.from(filled, () => random.normal());
  const uniform = Float32Array.from(filled, () => random.uniform());
  for (const [values, mean, sd] of [
    [filled, 0, 1],
    [normal, 0, 1],
    [uniform, 0.5, Math.sqrt(1 / 12)],
  ] as const) {
    const gotMean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - gotMean) ** 2, 0);
    assert.ok(Math.abs(gotMean - mean) < 0.015, `mean ${gotMean}`);
    assert.ok(Math.abs(Math.sqrt(squares / values.length) - sd) < 0.015);
  }
});

test("createRandom: weights are shares, limits hold", () => {
  const random = createRandom("weights");
  const counts = { a: 0, b: 0, c: 0 };
  for (let i = 0; i < 20_000; i++) counts[random.weighted({ a: 1, b: 3, c: 0 })]++;
  assert.equal(counts.c, 0);
  assert.ok(Math.abs(counts.a / 20_000 - 0.25) < 0.02);
  for (let i = 0; i < 1000; i++) {
    const value = random.spread({ mean: 0, sd: 5, min: -1, max: 2 });
    assert.ok(value >= -1 && value <= 2);
  }
});
