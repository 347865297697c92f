import assert from "node:assert/strict";
import { test } from "node:test";
import { maskBounds, maskIou } from "./mask.ts";
import { maskOf } from "./test-masks.ts";

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
