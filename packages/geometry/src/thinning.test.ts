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

test("thinMask: the same as when every pixel is judged in every turn", () => {
  fc.assert(
    fc.property(anyMask(12), (mask) => {
      assert.deepEqual(thinMask(mask), thinSlowly(mask));
    }),
    { numRuns: 500 },
  );
});

test("thinMask: the same of masks with few holes, of which a pixel goes long after its neighbours", () => {
  const side = 20;
  // Two in ten are not set: a pixel that is not looked at again shows in three of ten such masks at least.
  const tenths = fc.uint8Array({ minLength: side * side, maxLength: side * side, max: 9 });
  fc.assert(
    fc.property(tenths, (drawn) => {
      const mask = { width: side, height: side, data: drawn.map((one) => (one < 8 ? 1 : 0)) };
      assert.deepEqual(thinMask(mask), thinSlowly(mask));
    }),
    { numRuns: 60 },
  );
});

/** Guo and Hall's two turns, pixel by pixel, from their conditions. */
function thinSlowly({ width, height, data }: Mask): Mask {
  let current = data;
  for (let quiet = 0, turn = 0; quiet < 2; turn = 1 - turn) {
    const at = (x: number, y: number) =>
      x < 0 || y < 0 || x >= width || y >= height ? 0 : current[y * width + x];
    const next = current.map((value, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      // Clockwise from the north.
      const p = [
        [0, -1],
        [1, -1],
        [1, 0],
        [1, 1],
        [0, 1],
        [-1, 1],
        [-1, 0],
        [-1, -1],
      ].map(([dx, dy]) => at(x + dx, y + dy) === 1);
      const count = (test: (k: number) => boolean) => [0, 2, 4, 6].filter(test).length;
      const parts = count((k) => !p[k] && (p[k + 1] || p[(k + 2) % 8]));
      const pairs = Math.min(
        count((k) => p[(k + 7) % 8] || p[k]),
        count((k) => p[k] || p[k + 1]),
      );
      const held = turn === 0 ? (p[4] || p[5] || !p[7]) && p[6] : (p[0] || p[1] || !p[3]) && p[2];
      return value === 1 && parts === 1 && pairs >= 2 && pairs <= 3 && !held ? 0 : value;
    });
    quiet = next.some((value, i) => value !== current[i]) ? 0 : quiet + 1;
    current = next;
  }
  return { width, height, data: current };
}

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
