import assert from "node:assert/strict";
import { test } from "node:test";
import { holmAdjusted } from "./holm.ts";

test("holmAdjusted: the least counts for all tests, the next for one fewer, and none falls", () => {
  const adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.005, 0.9]);
  for (const [i, expected] of [0.04, 0.09, 0.09, 0.025, 0.9].entries()) {
    assert.ok(Math.abs((adjusted[i] ?? -1) - expected) < 1e-12, `${i}: ${adjusted[i]}`);
  }
});

test("holmAdjusted: what was not tested does not count, and nothing passes 1", () => {
  assert.deepEqual(holmAdjusted([null, 0.03, null]), [null, 0.03, null]);
  assert.deepEqual(holmAdjusted([0.8, 0.9, 0.7]), [1, 1, 1]);
  assert.deepEqual(holmAdjusted([]), []);
});

test("holmAdjusted: what is no p value is refused", () => {
  assert.throws(() => holmAdjusted([0.1, Number.NaN]), /from 0 to 1, got NaN/);
  assert.throws(() => holmAdjusted([1.1, -0.1]), /got 1.1/);
  assert.throws(() => holmAdjusted([0, -0.1]), /got -0.1/);
  assert.deepEqual(holmAdjusted([1, 0]), [1, 0]);
});
