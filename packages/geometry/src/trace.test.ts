import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { maskArea } from "./mask.ts";
import { polygonSignedArea } from "./polygon.ts";
import { rasterizePolygons } from "./rasterize.ts";
import { anyMask } from "./test-masks.ts";
import { traceMask } from "./trace.ts";

test("traceMask: one pixel is a square along its borders", () => {
  const mask = { width: 3, height: 3, data: Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0, 0) };
  assert.deepEqual(traceMask(mask), [[3, 1, 3, 2, 2, 2, 2, 1]]);
});

test("traceMask: a ring has an outer outline and a hole with negative area", () => {
  const mask = { width: 3, height: 3, data: Uint8Array.of(1, 1, 1, 1, 0, 1, 1, 1, 1) };
  assert.deepEqual(traceMask(mask).map(polygonSignedArea), [9, -1]);
});

test("traceMask: pixels that touch at a corner have outlines of their own", () => {
  const mask = { width: 2, height: 2, data: Uint8Array.of(1, 0, 0, 1) };
  assert.deepEqual(traceMask(mask).map(polygonSignedArea), [1, 1]);
});

test("traceMask: an empty mask has no outline", () => {
  assert.deepEqual(traceMask({ width: 2, height: 1, data: Uint8Array.of(0, 0) }), []);
});

test("traceMask: the signed areas sum to the mask's", () => {
  fc.assert(
    fc.property(anyMask(9), (mask) => {
      const sum = traceMask(mask).reduce((area, outline) => area + polygonSignedArea(outline), 0);
      assert.equal(sum, maskArea(mask));
    }),
  );
});

test("traceMask: outlines filled, holes taken out, give the mask back", () => {
  fc.assert(
    fc.property(anyMask(9), (mask) => {
      const back = new Uint8Array(mask.data.length);
      for (const outline of traceMask(mask)) {
        const filled = rasterizePolygons([outline], mask.width, mask.height);
        filled.data.forEach((value, i) => {
          back[i] ^= value;
        });
      }
      assert.deepEqual(back, mask.data);
    }),
  );
});
