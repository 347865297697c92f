import assert from "node:assert/strict";
import test from "node:test";
import type { Box } from "@malleolus/geometry";
import type { Detection } from "./detection.ts";
import { onePerPlace } from "./one-per-place.ts";

/** Classes 0 to 2 are fractures, 3 is a sound bone. */
const SOUND = 3;

function detection(box: Box, own: number, ...probabilities: number[]): Detection {
  const values = Float32Array.from(probabilities);
  return { box, class: own, score: values[own], probabilities: values, mask: new Float32Array(4) };
}

test("onePerPlace: one line that is A, B and C at once is one finding with all three", () => {
  const region = [0.5, 0.25, 0.125, 0.0625] as const;
  const found = onePerPlace(
    [
      detection([10, 10, 40, 20], 0, ...region),
      detection([11, 10, 40, 21], 1, ...region),
      detection([10, 11, 41, 20], 2, ...region),
    ],
    SOUND,
  );
  assert.equal(found.length, 1);
  assert.equal(found[0].class, 0);
  assert.deepEqual(found[0].box, [10, 10, 40, 20]);
  assert.equal(found[0].fractureScore, 0.875);
  assert.deepEqual(
    [...found[0].distribution].map((p) => Number(p.toFixed(6))),
    [0.571429, 0.285714, 0.142857, 0],
  );
});

test("onePerPlace: a sound bone is no finding, and takes nothing away from a fracture on it", () => {
  const sound = detection([0, 0, 30, 200], SOUND, 0.0625, 0, 0, 0.875);
  const fracture = detection([0, 150, 30, 170], 0, 0.5, 0, 0, 0.25);
  assert.deepEqual(onePerPlace([sound], SOUND), []);
  const found = onePerPlace([sound, fracture], SOUND);
  assert.deepEqual(
    found.map(({ box, fractureScore }) => [box, fractureScore]),
    [[[0, 150, 30, 170], 0.5]],
  );
});

test("onePerPlace: a part of a fracture goes with it, a second fracture stays", () => {
  const whole = detection([0, 0, 40, 40], 1, 0, 0.75, 0, 0);
  const part = detection([2, 2, 20, 12], 0, 0.5, 0, 0, 0);
  const elsewhere = detection([0, 100, 40, 140], 2, 0, 0, 0.25, 0);
  const beside = detection([30, 0, 70, 40], 1, 0, 0.5, 0, 0);
  const boxes = onePerPlace([part, whole, elsewhere, beside], SOUND).map(({ box }) => box);
  assert.deepEqual(boxes, [whole.box, beside.box, elsewhere.box]);
});

test("onePerPlace: with a single class it is suppression by overlap", () => {
  const found = onePerPlace(
    [detection([0, 0, 10, 10], 0, 0.5), detection([1, 0, 11, 10], 0, 0.75)],
    -1,
  );
  assert.deepEqual(
    found.map(({ fractureScore, distribution }) => [fractureScore, ...distribution]),
    [[0.75, 1]],
  );
});
