import assert from "node:assert/strict";
import test from "node:test";
import { fromTypedArray, liveTensors, scope } from "@malleolus/torch";
import { meanWithin } from "./mean-within.ts";

test("meanWithin: by hand, over the cells that an image reaches", () => {
  const before = liveTensors();
  scope(() => {
    // Two images of two channels: cell (x, y) of channel c holds 100 c + 10 y + x, 50 more in the second.
    const values = Float32Array.from({ length: 2 * 2 * 3 * 4 }, (_, i) => {
      const [x, y, c, n] = [
        i % 4,
        Math.floor(i / 4) % 3,
        Math.floor(i / 12) % 2,
        Math.floor(i / 24),
      ];
      return 100 * c + 10 * y + x + 50 * n;
    });
    const maps = fromTypedArray(values, [2, 2, 3, 4]).to("bfloat16").to("float32");
    // 33 pixels reach a third cell of 16, 16 only one.
    const sizes = [
      [33, 64],
      [16, 20],
    ] as const;
    const means = meanWithin(maps, sizes, 16);
    assert.deepEqual(means.shape, [2, 2]);
    assert.deepEqual(means.toNumbers(), [11.5, 111.5, 50.5, 150.5]);
    const half = meanWithin(maps.to("bfloat16"), sizes, 16);
    assert.deepEqual([half.dtype, half.toNumbers()], ["float32", means.toNumbers()]);
  });
  assert.equal(liveTensors(), before);
});
