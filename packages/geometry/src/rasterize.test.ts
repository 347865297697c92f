import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Box } from "./box.ts";
import { maskArea } from "./mask.ts";
import type { Polygon } from "./polygon.ts";
import { rasterizePolygons, rasterizePolygonsInBox } from "./rasterize.ts";
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
