import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  clipPolygon,
  flipPolygon,
  polygonArea,
  polygonBounds,
  polygonSignedArea,
  scalePolygon,
  translatePolygon,
} from "./polygon.ts";

const square = [1, 1, 4, 1, 4, 3, 1, 3];
const whole = fc.integer({ min: -20, max: 60 });
const triangle = fc.array(whole, { minLength: 6, maxLength: 6 });

test("polygonArea: a rectangle in either direction", () => {
  assert.equal(polygonArea(square), 6);
  assert.equal(polygonSignedArea(square), 6);
  assert.equal(polygonSignedArea([1, 3, 4, 3, 4, 1, 1, 1]), -6);
});

test("polygonBounds: around several polygons, and around none", () => {
  assert.deepEqual(polygonBounds(square, [0, 2, 9, 2, 5, 2.5]), [0, 1, 9, 3]);
  assert.deepEqual(polygonBounds(), [0, 0, 0, 0]);
});

test("scalePolygon, translatePolygon and flipPolygon move the right coordinates", () => {
  assert.deepEqual(scalePolygon([1, 2, 3, 4], 10, 100), [10, 200, 30, 400]);
  assert.deepEqual(translatePolygon([1, 2, 3, 4], 10, 100), [11, 102, 13, 104]);
  assert.deepEqual(flipPolygon([1, 2, 3, 4], 10), [9, 2, 7, 4]);
});

test("clipPolygon: a polygon inside the box stays", () => {
  assert.equal(polygonArea(clipPolygon(square, [0, 0, 9, 9])), 6);
});

test("clipPolygon: cuts at each side of the box", () => {
  const clipped = clipPolygon([0, 0, 10, 0, 10, 10, 0, 10], [2, 3, 7, 9]);
  assert.deepEqual(polygonBounds(clipped), [2, 3, 7, 9]);
  assert.equal(polygonArea(clipped), 30);
});

test("clipPolygon: nothing is left outside the box", () => {
  assert.deepEqual(clipPolygon(square, [5, 5, 9, 9]), []);
});

test("clipPolygon: the parts on both sides of a cut sum to the whole", () => {
  fc.assert(
    fc.property(triangle, whole, (polygon, cut) => {
      const left = polygonArea(clipPolygon(polygon, [-20, -20, cut, 60]));
      const right = polygonArea(clipPolygon(polygon, [cut, -20, 60, 60]));
      assert.ok(Math.abs(left + right - polygonArea(polygon)) < 1e-6);
    }),
  );
});
