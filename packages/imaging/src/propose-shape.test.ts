import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyMask, type Mask, maskIou, rasterizePolygons } from "@malleolus/geometry";
import { proposedShapeSchema } from "@malleolus/schema";
import { type MaskPlace, proposeShape, type ShapeRule } from "./propose-shape.ts";

const BONE: ShapeRule = {
  structure: "fibula",
  isThin: false,
  leastArea: 30,
  shareOfLargest: 1,
  mostHole: 9,
};
const LINE: ShapeRule = { ...BONE, structure: "fracture", isThin: true, leastArea: 5 };
const PLACE: MaskPlace = {
  scaleX: 0.5,
  scaleY: 0.25,
  width: 200,
  height: 380,
  pixelSpacingMm: [0.1, 0.2],
};

/** A mask of 100 x 100 pixels; the radiograph ends at row 95 of it. */
function filled(...boxes: readonly (readonly [number, number, number, number])[]): Mask {
  const mask = emptyMask(100, 100);
  for (const [x1, y1, x2, y2] of boxes) {
    for (let y = y1; y < y2; y++) mask.data.fill(1, y * 100 + x1, y * 100 + x2);
  }
  return mask;
}

test("proposeShape: in pixels of the radiograph, without specks and pinholes", () => {
  const mask = filled([20, 10, 40, 70], [60, 60, 63, 63]);
  mask.data[30 * 100 + 30] = 0;
  const probabilities = new Float32Array(10000).fill(0.25);
  const shape = proposeShape(mask, probabilities, BONE, PLACE);
  assert.ok(shape !== null);
  assert.deepEqual(proposedShapeSchema.parse(shape), shape);
  assert.deepEqual([shape.structure, shape.line, shape.score], ["fibula", null, 0.25]);
  assert.equal(shape.polygons.length, 1);
  const drawn = rasterizePolygons(shape.polygons, 200, 380);
  const box = rasterizePolygons([[40, 40, 80, 40, 80, 280, 40, 280]], 200, 380);
  assert.ok(maskIou(drawn, box) > 0.97, `${maskIou(drawn, box)}`);
});

test("proposeShape: padding is no part of the radiograph", () => {
  const shape = proposeShape(filled([20, 50, 40, 100]), null, BONE, PLACE);
  const rows = shape?.polygons[0].filter((_, i) => i % 2 === 1) ?? [];
  assert.equal(Math.max(...rows), 380);
  assert.equal(proposeShape(filled([20, 96, 40, 100]), null, BONE, PLACE), null);
});

test("proposeShape: nothing is invented where too little is seen", () => {
  assert.equal(proposeShape(filled([60, 60, 65, 65]), null, BONE, PLACE), null);
  assert.equal(proposeShape(emptyMask(100, 100), null, BONE, PLACE), null);
});

test("proposeShape: a thin structure has its line, in millimetres where these are known", () => {
  const mask = filled([20, 50, 80, 55]);
  const square = { ...PLACE, scaleX: 0.5, scaleY: 0.5, pixelSpacingMm: [0.2, 0.2] } as const;
  const shape = proposeShape(mask, null, LINE, square);
  // Five pixels of the mask are ten of the radiograph, of 0.2 mm.
  assert.ok(shape?.line !== undefined && shape.line !== null);
  assert.ok(Math.abs(shape.line.widthMm - 2) < 0.3, `${shape.line.widthMm}`);
  assert.ok(shape.line.points.every((value, i) => i % 2 === 0 || Math.abs(value - 105) <= 1));
  assert.equal(proposeShape(mask, null, LINE, { ...square, pixelSpacingMm: null })?.line, null);
  assert.equal(proposeShape(mask, null, BONE, square)?.line, null);
});
