import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyMask, type Mask, polygonArea, polygonBounds } from "@malleolus/geometry";
import { isShown, outlineAround } from "./simulated-outlines.ts";
import { turned } from "./simulated-styles.ts";

function maskOf(...boxes: readonly (readonly [number, number, number, number])[]): Mask {
  const mask = emptyMask(40, 30);
  for (const [x1, y1, x2, y2] of boxes) {
    for (let y = y1; y < y2; y++) mask.data.fill(1, y * 40 + x1, y * 40 + x2);
  }
  return mask;
}

test("outlineAround: a margin on every side, cut at the border", () => {
  const outline = outlineAround(maskOf([10, 12, 20, 14]), 3);
  assert.deepEqual(polygonBounds(outline ?? []), [7, 9, 23, 17]);
  const cut = outlineAround(maskOf([0, 12, 20, 14]), 3);
  assert.deepEqual(polygonBounds(cut ?? []), [0, 9, 23, 17]);
});

test("outlineAround: few corners, and about the area of what it is around", () => {
  const outline = outlineAround(maskOf([10, 12, 20, 14]), 3) ?? [];
  assert.ok(outline.length / 2 <= 12);
  // The box with its margin, less what is rounded off at its corners and by fewer of them.
  const share = polygonArea(outline) / (16 * 8);
  assert.ok(share > 0.75 && share < 1, `${share}`);
});

test("outlineAround: specks within the margin become one outline, further ones are left to the largest", () => {
  const near = outlineAround(maskOf([10, 12, 13, 14], [16, 12, 19, 14]), 2);
  assert.deepEqual(polygonBounds(near ?? []), [8, 10, 21, 16]);
  const far = outlineAround(maskOf([2, 2, 4, 4], [20, 12, 30, 14]), 2);
  assert.deepEqual(polygonBounds(far ?? []), [18, 10, 32, 16]);
  assert.equal(outlineAround(maskOf(), 2), null);
});

test("turned: pixels and outlines turn together, and four quarters are none", () => {
  const pixels = new Float32Array(6);
  pixels[1] = 1;
  const picture = { width: 3, height: 2, pixels, outlines: [[1, 0, 2, 0, 2, 1, 1, 1]] };
  const once = turned(picture, 1);
  assert.deepEqual([once.width, once.height], [2, 3]);
  const [x1, y1, x2, y2] = polygonBounds(once.outlines[0]);
  assert.deepEqual([x1, y1, x2, y2], [1, 1, 2, 2]);
  assert.equal(once.pixels[1 * 2 + 1], 1);
  assert.deepEqual(turned(once, 3), picture);
});

test("isShown: not where most of it is white", () => {
  const mask = maskOf([10, 12, 20, 14]);
  const pixels = new Float32Array(40 * 30);
  assert.equal(isShown(mask, pixels), true);
  pixels.fill(1, 12 * 40, 13 * 40);
  assert.equal(isShown(mask, pixels), false);
  pixels[12 * 40 + 10] = 0.5;
  assert.equal(isShown(mask, pixels), true);
});
