import assert from "node:assert/strict";
import { test } from "node:test";
import type { Mask } from "@malleolus/geometry";
import { centerLineRecall } from "./center-line-recall.ts";
import { diceOf } from "./dice.ts";

/** A rectangle of set pixels in an image of this size. */
function bar(x1: number, y1: number, x2: number, y2: number, width = 40, height = 30): Mask {
  const data = new Uint8Array(width * height);
  for (let y = y1; y < y2; y++) data.fill(1, y * width + x1, y * width + x2);
  return { width, height, data };
}

const nothing = bar(0, 0, 0, 0);

test("diceOf: twice what is common over what both have, and nothing without a truth", () => {
  assert.equal(diceOf(bar(0, 0, 10, 4), bar(0, 0, 10, 4)), 1);
  assert.equal(diceOf(bar(0, 0, 10, 4), bar(5, 0, 10, 4)), (2 * 20) / 60);
  assert.equal(diceOf(bar(0, 0, 10, 4), nothing), 0);
  assert.equal(diceOf(nothing, bar(0, 0, 10, 4)), null);
});

test("centerLineRecall: what of the line has something near it", () => {
  const line = bar(0, 10, 40, 13);
  assert.equal(centerLineRecall(line, line, [1, 1], 0), 1);
  // Two rows lower, and half of it.
  const half = bar(0, 12, 20, 15);
  const recall = centerLineRecall(line, half, [1, 1], 2);
  assert.ok(recall !== null && Math.abs(recall - 0.5) < 0.06, `${recall}`);
  // A thinned bar ends a row beside its middle: that end alone is nearer.
  assert.ok((centerLineRecall(line, half, [1, 1], 1.9) ?? 1) < 0.1);
  assert.equal(centerLineRecall(line, half, [1, 1], 0.9), 0);
  assert.equal(centerLineRecall(line, nothing, [1, 1], 3), 0);
  assert.equal(centerLineRecall(nothing, line, [1, 1], 3), null);
});
