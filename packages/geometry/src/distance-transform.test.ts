import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { depthsOf, squaredDistances } from "./distance-transform.ts";
import { anyMask, maskOf } from "./test-masks.ts";

test("squaredDistances: those of every pair of pixels, on pixels of any shape", () => {
  const spacing = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }));
  fc.assert(
    fc.property(anyMask(9), spacing, (mask, [row, column]) => {
      const { width, data } = mask;
      const squared = squaredDistances(mask, [row, column]);
      for (let i = 0; i < data.length; i++) {
        let least = Infinity;
        for (let j = 0; j < data.length; j++) {
          if (data[j] === 0) continue;
          const dx = ((i % width) - (j % width)) * column;
          const dy = (Math.floor(i / width) - Math.floor(j / width)) * row;
          least = Math.min(least, dx * dx + dy * dy);
        }
        assert.ok(squared[i] === least || Math.abs(squared[i] - least) < 1e-9);
      }
    }),
  );
});

test("squaredDistances: a mask without a set pixel is infinitely far from one", () => {
  assert.deepEqual([...squaredDistances(maskOf("..", ".."))], Array(4).fill(Infinity));
});

test("depthsOf: the image's border ends a structure", () => {
  assert.deepEqual([...depthsOf(maskOf("###", "###", "###"))], [1, 1, 1, 1, 2, 1, 1, 1, 1]);
  assert.deepEqual([...depthsOf(maskOf("#.", ".."))], [1, 0, 0, 0]);
});
