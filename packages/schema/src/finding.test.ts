import assert from "node:assert/strict";
import { test } from "node:test";
import { findingSchema } from "./finding.ts";
import { readRecord } from "./read-json.ts";

const finding = {
  class: "fracture",
  score: 0.9,
  box: [1, 2, 30, 40],
  polygons: [[1, 2, 30, 2, 30, 40]],
  areaMm2: 12.5,
  lengthMm: null,
  calibration: "at detector",
};

function refuses(change: object, expected: RegExp): void {
  assert.throws(() => readRecord(findingSchema, { ...finding, ...change }, "finding"), expected);
}

test("findingSchema: a whole finding passes unchanged", () => {
  assert.deepEqual(readRecord(findingSchema, finding, "finding"), finding);
});

test("findingSchema: a score above 1 is refused", () => refuses({ score: 1.2 }, /at score/));
test("findingSchema: a box inside out is refused", () =>
  refuses({ box: [9, 0, 1, 1] }, /x1 <= x2/));
test("findingSchema: two points are no polygon", () =>
  refuses(
    { polygons: [[1, 2, 3, 4]] },
    /finding at polygons\[0\]: expected a polygon of at least 3/,
  ));
test("findingSchema: an odd number of coordinates is refused", () =>
  refuses({ polygons: [[1, 2, 3, 4, 5, 6, 7]] }, /odd number/));
test("findingSchema: unknown keys are refused", () => refuses({ color: "red" }, /color/));
test("findingSchema: an unknown calibration is refused", () =>
  refuses({ calibration: "guessed" }, /at calibration/));
