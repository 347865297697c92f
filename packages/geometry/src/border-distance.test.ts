import assert from "node:assert/strict";
import { test } from "node:test";
import { borderDistance } from "./border-distance.ts";

const square = (x: number, y: number, side: number) => [
  x,
  y,
  x + side,
  y,
  x + side,
  y + side,
  x,
  y + side,
];

test("borderDistance: the same border, drawn from another point and the other way round", () => {
  const turned = [10, 0, 0, 0, 0, 10, 10, 10];
  assert.deepEqual(borderDistance([square(0, 0, 10)], [turned]), { mean: 0, greatest: 0 });
});

test("borderDistance: a square in a square one unit larger on every side", () => {
  const found = borderDistance([square(0, 0, 10)], [square(-1, -1, 12)]);
  assert.ok(found !== null);
  // One unit along the sides, the root of two at the four corners of the larger one.
  assert.ok(Math.abs(found.greatest - Math.SQRT2) < 1e-12);
  const expected = (40 + 44 + 4 * Math.SQRT2) / 88;
  assert.ok(Math.abs(found.mean - expected) < 1e-12, `${found.mean}`);
});

test("borderDistance: what only one of them has is far away", () => {
  const found = borderDistance([square(0, 0, 4), square(30, 0, 4)], [square(0, 0, 4)]);
  assert.equal(found?.greatest, 30);
  assert.equal(borderDistance([], [square(0, 0, 4)]), null);
});
