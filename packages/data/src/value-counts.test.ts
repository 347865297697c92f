import assert from "node:assert/strict";
import { test } from "node:test";
import { countValues, extremes, rangeOf } from "./value-counts.ts";

const same = (value: number) => value;

test("rangeOf: least, greatest and mean are those of the pixels, of every kind of array", () => {
  for (const [kind, values, expected] of [
    [Uint8Array, [3, 200, 3, 254], { min: 3, max: 254, mean: 115 }],
    [Uint16Array, [65_535, 0, 0, 1], { min: 0, max: 65_535, mean: 16_384 }],
    [Int16Array, [-32_768, 32_767, -1, 2], { min: -32_768, max: 32_767, mean: 0 }],
  ] as const) {
    assert.deepEqual(rangeOf(countValues(kind.from(values)), same), expected);
  }
  assert.deepEqual(rangeOf(countValues(Uint16Array.of()), same), { min: 0, max: 0, mean: 0 });
});

test("rangeOf: values are taken as the function says, each as often as it occurs", () => {
  const counted = countValues(Int16Array.of(-2, -2, -2, 4));
  assert.deepEqual(
    rangeOf(counted, (value) => 1 - value),
    { min: -3, max: 3, mean: 1.5 },
  );
});

test("extremes: padding is no measurement, and nothing but padding has none", () => {
  const counted = countValues(Int16Array.of(-2000, -5, 7, 7, 9000));
  assert.deepEqual(
    extremes(counted, () => false),
    [-2000, 9000],
  );
  assert.deepEqual(
    extremes(counted, (value) => value === -2000 || value > 100),
    [-5, 7],
  );
  assert.equal(
    extremes(counted, () => true),
    null,
  );
});
