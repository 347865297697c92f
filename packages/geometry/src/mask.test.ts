import assert from "node:assert/strict";
import { test } from "node:test";
import { largestComponent, type Mask, maskArea, maskBounds, maskIou } from "./mask.ts";

/** Rows of `.` and `#`. */
function maskOf(...rows: string[]): Mask {
  const data = Uint8Array.from(rows.join(""), (c) => (c === "#" ? 1 : 0));
  return { width: rows[0].length, height: rows.length, data };
}

test("maskBounds: exclusive at the right and bottom, and zero for an empty mask", () => {
  assert.deepEqual(maskBounds(maskOf("....", "..#.", ".##.")), [1, 1, 3, 3]);
  assert.deepEqual(maskBounds(maskOf("..", "..")), [0, 0, 0, 0]);
});

test("maskIou: one shared pixel of three", () => {
  assert.equal(maskIou(maskOf("##."), maskOf(".##")), 1 / 3);
  assert.equal(maskIou(maskOf("..."), maskOf("...")), 0);
});

test("maskIou: masks of different sizes are refused", () => {
  assert.throws(() => maskIou(maskOf("##"), maskOf("#", "#")), /2 x 1 and 1 x 2/);
});

test("largestComponent: pixels that touch at a corner are apart", () => {
  const largest = largestComponent(maskOf("#..##", ".#.##", "#...."));
  assert.deepEqual(largest, maskOf("...##", "...##", "....."));
});

test("largestComponent: a row's end does not touch the next row's beginning", () => {
  assert.equal(maskArea(largestComponent(maskOf("..#", "#.."))), 1);
});

test("largestComponent: an empty mask stays empty", () => {
  assert.equal(maskArea(largestComponent(maskOf("...", "..."))), 0);
});
