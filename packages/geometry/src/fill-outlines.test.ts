import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fillOutlines, fillOutlinesInWindow, runsOfOutlines } from "./fill-outlines.ts";
import { emptyMask } from "./mask.ts";
import { polygonSignedArea } from "./polygon.ts";
import { rasterizePolygons } from "./rasterize.ts";
import { encodeRuns } from "./run-length.ts";
import { anyMask } from "./test-masks.ts";
import { traceMask } from "./trace.ts";

test("fillOutlines: the mask that was traced, holes and islands in them, in any order", () => {
  fc.assert(
    fc.property(anyMask(12), fc.boolean(), (mask, isTurned) => {
      const outlines = traceMask(mask);
      const given = isTurned ? outlines.toReversed() : outlines;
      assert.deepEqual(fillOutlines(given, mask.width, mask.height), mask);
    }),
  );
});

test("fillOutlinesInWindow: the same pixels as the whole image's", () => {
  const ring = [
    [1, 1, 9, 1, 9, 9, 1, 9],
    [3, 3, 3, 7, 7, 7, 7, 3],
  ];
  const whole = fillOutlines(ring, 10, 10);
  const part = fillOutlinesInWindow(ring, { x: 2, y: 4, width: 6, height: 3 });
  const expected = [4, 5, 6].flatMap((y) => [...whole.data.subarray(y * 10 + 2, y * 10 + 8)]);
  assert.deepEqual([...part.data], expected);
  assert.deepEqual(expected.slice(0, 6), [1, 0, 0, 0, 0, 1]);
});

test("fillOutlines: an outline of any points, also beside the image, has the pixels of the whole image's rule", () => {
  const place = fc.double({ min: -15, max: 35, noNaN: true });
  const ring = fc
    .array(place, { minLength: 6, maxLength: 12 })
    .map((all) => all.slice(0, all.length & ~1));
  fc.assert(
    fc.property(ring, (outline) => {
      const isHole = polygonSignedArea(outline) < 0;
      const { data } = fillOutlines([outline], 20, 16);
      const expected = rasterizePolygons([outline], 20, 16).data;
      assert.deepEqual(data, isHole ? new Uint8Array(20 * 16) : expected);
    }),
    { numRuns: 500 },
  );
});

test("fillOutlines: what is no polygon is refused, wherever it lies", () => {
  for (const outline of [
    [1, 1, 2],
    [1, 1, Number.NaN, 2, 3, 3],
    [1e9, 1e9, 1e9, 2e9, 2e9, 1e9],
  ]) {
    assert.throws(() => fillOutlines([outline], 4, 3), RangeError);
  }
});

test("runsOfOutlines: the runs of the mask that was traced, holes and islands in them", () => {
  fc.assert(
    fc.property(anyMask(12), (mask) => {
      assert.deepEqual(runsOfOutlines(traceMask(mask), mask.width, mask.height), encodeRuns(mask));
    }),
  );
});

test("runsOfOutlines: no outline is a mask without a set pixel", () => {
  assert.deepEqual(runsOfOutlines([], 4, 3), encodeRuns(emptyMask(4, 3)));
});
