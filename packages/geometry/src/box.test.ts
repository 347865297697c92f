import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type Box,
  boxArea,
  boxFromXywh,
  boxHeight,
  boxIou,
  boxToXywh,
  boxWidth,
  clipBox,
  flipBox,
  intersectBoxes,
  scaleBox,
  translateBox,
  unionBoxes,
} from "./box.ts";

const whole = fc.integer({ min: -50, max: 50 });
const anyBox = fc.tuple(whole, whole, whole, whole);

function checkIou(a: Box, b: Box, expected: number): void {
  assert.equal(boxIou(a, b), expected);
  assert.equal(boxIou(b, a), expected);
}

test("boxIou: a box with itself", () => checkIou([1, 2, 4, 8], [1, 2, 4, 8], 1));
test("boxIou: boxes that only touch", () => checkIou([0, 0, 2, 2], [2, 0, 4, 2], 0));
test("boxIou: half of a box", () => checkIou([0, 0, 4, 2], [0, 0, 2, 2], 0.5));
test("boxIou: boxes apart on both axes", () => checkIou([0, 0, 1, 1], [5, 5, 6, 6], 0));
test("boxIou: two empty boxes", () => checkIou([3, 3, 3, 3], [3, 3, 3, 3], 0));
test("boxArea: the box around one pixel has area 1", () => assert.equal(boxArea([7, 9, 8, 10]), 1));
test("boxArea: a box that is inside out, either way or both, has none", () => {
  assert.deepEqual([boxWidth([4, 0, 1, 3]), boxHeight([4, 0, 1, 3])], [0, 3]);
  assert.deepEqual([boxWidth([1, 3, 4, 0]), boxHeight([1, 3, 4, 0])], [3, 0]);
  assert.deepEqual(
    [boxArea([4, 0, 1, 3]), boxArea([1, 3, 4, 0]), boxArea([4, 3, 1, 0])],
    [0, 0, 0],
  );
});

test("intersectBoxes: what both hold, each side from either box", () => {
  const [left, right]: [Box, Box] = [
    [1, 5, 9, 8],
    [4, 2, 12, 6],
  ];
  for (const [a, b] of [
    [left, right],
    [right, left],
  ]) {
    assert.deepEqual(intersectBoxes(a, b), [4, 5, 9, 6]);
    assert.equal(boxIou(a, b), 5 / (24 + 32 - 5));
  }
  assert.deepEqual(intersectBoxes([0, 0, 10, 10], [2, 3, 5, 7]), [2, 3, 5, 7]);
});

test("boxIou: lies in [0, 1] whatever the boxes", () => {
  fc.assert(
    fc.property(anyBox, anyBox, (a, b) => {
      const iou = boxIou(a, b);
      return iou >= 0 && iou <= 1;
    }),
  );
});

test("boxFromXywh and boxToXywh undo each other", () => {
  fc.assert(fc.property(anyBox, (xywh) => assert.deepEqual(boxToXywh(boxFromXywh(xywh)), xywh)));
});

test("clipBox: keeps what is inside and cuts what is not", () => {
  assert.deepEqual(clipBox([-3, 2, 30, 40], 20, 10), [0, 2, 20, 10]);
});

test("flipBox: mirrors within the width, twice is the box again", () => {
  assert.deepEqual(flipBox([2, 1, 5, 4], 10), [5, 1, 8, 4]);
  fc.assert(fc.property(anyBox, (box) => assert.deepEqual(flipBox(flipBox(box, 50), 50), box)));
});

test("scaleBox, translateBox and unionBoxes move the right coordinates", () => {
  assert.deepEqual(scaleBox([1, 2, 3, 4], 10, 100), [10, 200, 30, 400]);
  assert.deepEqual(translateBox([1, 2, 3, 4], 10, 100), [11, 102, 13, 104]);
  assert.deepEqual(unionBoxes([1, 5, 3, 6], [2, 2, 9, 4]), [1, 2, 9, 6]);
});
