import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Box } from "./box.ts";
import { maskIou } from "./mask.ts";
import { outlinesIou, polygonsIou } from "./outline-overlap.ts";
import type { Polygon } from "./polygon.ts";
import { rasterizePolygons } from "./rasterize.ts";
import { traceMask } from "./trace.ts";

const square = ([x1, y1, x2, y2]: Box): Polygon => [x1, y1, x2, y1, x2, y2, x1, y2];

const size = { width: 40, height: 40 };

test("outlinesIou: holes of a finding are holes, an island in one is filled", () => {
  const outer = square([2, 2, 12, 12]);
  const hole = [4, 4, 4, 10, 10, 10, 10, 4];
  const island = square([6, 6, 8, 8]);
  assert.equal(outlinesIou([outer], [outer], size), 1);
  assert.equal(outlinesIou([outer], [hole, outer], size), (100 - 36) / 100);
  assert.equal(outlinesIou([outer], [hole, island, outer], size), (100 - 36 + 4) / 100);
});

test("outlinesIou: drawn parts are a union, whichever way they turn", () => {
  const backwards = [2, 2, 2, 12, 12, 12, 12, 2];
  const overlapping = square([7, 2, 17, 12]);
  assert.equal(outlinesIou([backwards, overlapping], [square([2, 2, 17, 12])], size), 1);
});

test("outlinesIou: what lies outside the image does not count", () => {
  assert.equal(outlinesIou([square([30, 30, 60, 40])], [square([30, 30, 40, 40])], size), 1);
  assert.equal(outlinesIou([square([50, 50, 60, 60])], [square([50, 50, 60, 60])], size), 0);
  assert.equal(outlinesIou([], [square([0, 0, 2, 2])], size), 0);
});

test("outlinesIou: an outline in tenths against the pixels that it fills", () => {
  // pycocotools fills two pixels; moved by whole pixels first, it would fill none.
  const drawn = [65.9, 62.3, 62.1, 64.3, 65.8, 61.7];
  const filled = rasterizePolygons([drawn], 100, 100);
  assert.equal(
    filled.data.reduce((sum, value) => sum + value, 0),
    2,
  );
  assert.equal(outlinesIou([drawn], traceMask(filled), { width: 100, height: 100 }), 1);
});

for (const parts of [10, 100]) {
  test(`outlinesIou: that of the whole image's masks, coordinates in 1/${parts}`, () => {
    const side = 60;
    const ring = fc
      .tuple(
        fc.array(fc.integer({ min: -5 * parts, max: (side + 5) * parts }), {
          minLength: 6,
          maxLength: 16,
        }),
        fc.integer({ min: 0, max: 40 * parts }),
      )
      .map(([values, shift]) =>
        values.slice(0, values.length & ~1).map((value) => (value / 4 + shift) / parts),
      )
      .map((values) => values.map((value) => Math.round(value * parts) / parts));
    fc.assert(
      fc.property(ring, ring, (drawn, seen) => {
        const found = traceMask(rasterizePolygons([seen], side, side));
        const truth = rasterizePolygons([drawn], side, side);
        const iou = outlinesIou([drawn], found, { width: side, height: side });
        assert.equal(iou, maskIou(truth, rasterizePolygons([seen], side, side)));
      }),
      { numRuns: 500 },
    );
  });
}

test("polygonsIou: both are unions, whichever way their rings turn", () => {
  const ring = [square([2, 2, 12, 12]), [4, 4, 4, 10, 10, 10, 10, 4]];
  assert.equal(polygonsIou(ring, [square([2, 2, 12, 12])], size), 1);
  assert.equal(polygonsIou([square([2, 2, 12, 12])], [square([2, 7, 12, 17])], size), 1 / 3);
  assert.equal(polygonsIou(ring, [], size), 0);
});
