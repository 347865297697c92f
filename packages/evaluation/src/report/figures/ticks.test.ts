import assert from "node:assert/strict";
import { test } from "node:test";
import { countTicks, evenTicks, niceCeiling, tickDistance } from "./ticks.ts";

const distances: readonly (readonly [max: number, distance: number])[] = [
  [1, 0.2],
  [4.9, 1],
  [5, 1],
  [5.1, 2],
  [10, 2],
  [11, 2.5],
  [13, 5],
  [26, 10],
  [0.03, 0.01],
  [4000, 1000],
];
for (const [max, distance] of distances) {
  test(`tickDistance: up to ${max}`, () => {
    assert.ok(Math.abs(tickDistance(max) - distance) < 1e-12 * distance, `${tickDistance(max)}`);
  });
}

const ceilings: readonly (readonly [value: number, end: number])[] = [
  [0.97, 1],
  [1, 1],
  [3.2, 4],
  [12, 12.5],
  [0.3, 0.3],
  [0, 1],
  [-1, 1],
  [Number.NaN, 1],
];
for (const [value, end] of ceilings) {
  test(`niceCeiling: of ${value}`, () => assert.equal(niceCeiling(value), end));
}

test("evenTicks: from 0 to the end, without the last bits of a product", () => {
  assert.deepEqual(evenTicks(0.6), [0, 0.2, 0.4, 0.6]);
  assert.deepEqual(evenTicks(4), [0, 1, 2, 3, 4]);
  assert.deepEqual(evenTicks(900), [0, 200, 400, 600, 800]);
});

test("countTicks: whole numbers that hold the count, at least one of them above 0", () => {
  assert.deepEqual(countTicks(0), [0, 1]);
  assert.deepEqual(countTicks(2), [0, 1, 2]);
  assert.deepEqual(countTicks(7), [0, 2, 4, 6, 8]);
  assert.deepEqual(countTicks(11), [0, 3, 6, 9, 12]);
  assert.deepEqual(countTicks(100), [0, 20, 40, 60, 80, 100]);
});
