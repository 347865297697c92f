import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { emptyMask, type Mask } from "./mask.ts";
import { anyMask, maskOf } from "./test-masks.ts";
import { thinMask } from "./thinning.ts";

test("thinMask: a bar becomes the line in its middle, also at the image's border", () => {
  const thin = thinMask(maskOf("#########", "#########", "#########"));
  assert.deepEqual([...thin.data.subarray(12, 15)], [1, 1, 1]);
  assert.equal(thin.data.subarray(0, 9).indexOf(1), -1);
  assert.equal(thin.data.subarray(18).indexOf(1), -1);
});

test("thinMask: a line one pixel wide stays as it is", () => {
  const line = maskOf("#....", ".##..", "...#.", "....#");
  assert.deepEqual(thinMask(line), line);
});

test("thinMask: takes pixels away only, and no part falls apart or vanishes", () => {
  fc.assert(
    fc.property(anyMask(10), (mask) => {
      const thin = thinMask(mask);
      assert.ok(thin.data.every((value, i) => value <= mask.data[i]));
      assert.equal(parts(thin), parts(mask));
    }),
    { numRuns: 1000 },
  );
});

/** How many parts there are where pixels that touch at a corner hang together. */
function parts({ width, height, data }: Mask): number {
  const left = { ...emptyMask(width, height), data: data.slice() };
  let count = 0;
  for (let start = left.data.indexOf(1); start >= 0; start = left.data.indexOf(1)) {
    count++;
    const stack = [start];
    for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
      left.data[i] = 0;
      for (let y = Math.floor(i / width) - 1; y <= Math.floor(i / width) + 1; y++) {
        for (let x = (i % width) - 1; x <= (i % width) + 1; x++) {
          if (x < 0 || y < 0 || x >= width || y >= height) continue;
          if (left.data[y * width + x] === 1) stack.push(y * width + x);
        }
      }
    }
  }
  return count;
}
