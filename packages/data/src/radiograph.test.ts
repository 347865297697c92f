import assert from "node:assert/strict";
import { test } from "node:test";
import { luminance, valueRange } from "./radiograph.ts";

test("valueRange: least, greatest and mean; of none, zeros", () => {
  assert.deepEqual(valueRange([3, -1, 8, 2]), { min: -1, max: 8, mean: 3 });
  assert.deepEqual(valueRange([-4]), { min: -4, max: -4, mean: -4 });
  assert.deepEqual(valueRange([]), { min: 0, max: 0, mean: 0 });
});

test("luminance: BT.601's weights, grey exactly itself, and no transparency", () => {
  const samples = [0, 100, 0, 9, 7, 7, 7, 9, 100, 0, 0, 9, 0, 0, 100, 9];
  const [green, gray, red, blue] = luminance(samples, 4, 4);
  assert.equal(gray, 7);
  for (const [found, expected] of [
    [green, 58.7],
    [red, 29.9],
    [blue, 11.4],
  ]) {
    assert.ok(Math.abs(found - expected) < 1e-5, `${found}`);
  }
  assert.deepEqual(luminance([65_535, 65_535, 65_535], 1, 3), Float32Array.of(65_535));
});
