import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import type { Box } from "./box.ts";
import { maskArea } from "./mask.ts";
import type { Polygon } from "./polygon.ts";
import { rasterizePolygons, rasterizePolygonsInBox, rasterizeWindow } from "./rasterize.ts";
import { encodeRuns, runsToString } from "./run-length.ts";

interface Case {
  readonly polygons: Polygon[];
  readonly counts: string;
}
interface Golden {
  readonly cases: (Case & { readonly width: number; readonly height: number })[];
  readonly boxed: (Case & { readonly box: Box; readonly size: number })[];
}

// Written by tools/golden/coco_masks.py.
const goldenUrl = new URL("./golden/coco-masks.json", import.meta.url);
const golden: Golden = JSON.parse(readFileSync(goldenUrl, "utf8"));

test("rasterizePolygons: the COCO API's masks, bit for bit", () => {
  assert.equal(golden.cases.length, 60);
  golden.cases.forEach((expected, i) => {
    const mask = rasterizePolygons(expected.polygons, expected.width, expected.height);
    assert.equal(runsToString(encodeRuns(mask).counts), expected.counts, `case ${i}`);
  });
});

test("rasterizePolygonsInBox: Detectron2's mask targets, bit for bit", () => {
  assert.equal(golden.boxed.length, 30);
  golden.boxed.forEach((expected, i) => {
    const data = rasterizePolygonsInBox(expected.polygons, expected.box, expected.size);
    const runs = encodeRuns({ width: expected.size, height: expected.size, data });
    assert.equal(runsToString(runs.counts), expected.counts, `target ${i}`);
  });
});

test("rasterizePolygons: no polygon, no pixel", () => {
  assert.equal(maskArea(rasterizePolygons([], 7, 5)), 0);
});

test("rasterizePolygons: overlapping polygons are one object, not a hole", () => {
  const square = [1, 1, 5, 1, 5, 5, 1, 5];
  assert.equal(maskArea(rasterizePolygons([square, square], 8, 8)), 16);
});

const SIDE = 40;

/** Outlines in parts of a pixel, some beyond the image. */
function outlines(parts: number) {
  const coordinate = fc.integer({ min: -10 * parts, max: (SIDE + 10) * parts });
  const polygon = fc.array(coordinate, { minLength: 3, maxLength: 9 });
  return fc
    .array(fc.tuple(polygon, polygon), { minLength: 1, maxLength: 3 })
    .map((drawn) =>
      drawn.map(([xs, ys]) =>
        xs.flatMap((x, i) => [x / parts, (ys[i % ys.length] + i * parts) / parts]),
      ),
    );
}

for (const parts of [1, 2, 10, 100, 997]) {
  test(`rasterizeWindow: a part of the whole image's mask, coordinates in 1/${parts}`, () => {
    const place = fc.integer({ min: 0, max: SIDE - 1 });
    fc.assert(
      fc.property(outlines(parts), place, place, place, place, (polygons, x, y, right, bottom) => {
        const width = Math.max(1, Math.min(SIDE - x, right));
        const height = Math.max(1, Math.min(SIDE - y, bottom));
        const whole = rasterizePolygons(polygons, SIDE, SIDE).data;
        const { data } = rasterizeWindow(polygons, { x, y, width, height });
        const expected = data.map(
          (_, i) => whole[(y + Math.floor(i / width)) * SIDE + x + (i % width)],
        );
        assert.deepEqual(data, expected);
      }),
    );
  });
}

const impossible: readonly (readonly [string, number[], RegExp])[] = [
  ["no number", [1, 1, Number.NaN, 5, 9, 5], /got NaN at place 2 of 6/],
  ["no number, the first of all", [Number.NaN, 1, 5, 5, 9, 5], /got NaN at place 0 of 6/],
  ["without end", [1, 1, 5, Number.POSITIVE_INFINITY, 9, 5], /got Infinity at place 3 of 6/],
  ["further than any image is wide", [1, 1, 5, -1e12, 9, 5], /got -\d+ at place 3 of 6/],
  ["without its y", [1, 1, 5, 5, 9], /as many y as x, got 5 coordinates/],
];
for (const [what, polygon, message] of impossible) {
  test(`rasterizePolygons: a coordinate ${what} is refused`, () => {
    const error = { name: "RangeError", message };
    assert.throws(() => rasterizePolygons([polygon], 8, 8), error);
    assert.throws(() => rasterizePolygonsInBox([polygon], [0, 0, 8, 8], 4), error);
  });
}
