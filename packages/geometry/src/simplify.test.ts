import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { simplifyLine, simplifyPolygon } from "./simplify.ts";

test("simplifyPolygon: points on a straight edge go", () => {
  const square = [0, 0, 5, 0, 10, 0, 10, 10, 0, 10, 0, 5];
  assert.deepEqual(simplifyPolygon(square, 0.1), [0, 0, 10, 0, 10, 10, 0, 10]);
});

test("simplifyPolygon: a step wider than the tolerance stays, a narrower one goes", () => {
  const step = [0, 0, 5, 0, 5, 1, 10, 1, 10, 10, 0, 10];
  assert.equal(simplifyPolygon(step, 0.2).length, 12);
  assert.ok(simplifyPolygon(step, 2).length < 12);
});

test("simplifyPolygon: never fewer than three points", () => {
  assert.equal(simplifyPolygon([0, 0, 1, 0, 1, 1, 0, 1], 100).length, 8);
});

test("simplifyPolygon: every point stays within the tolerance of the new outline", () => {
  const anyPolygon = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 8, maxLength: 40 });
  fc.assert(
    fc.property(anyPolygon, fc.integer({ min: 1, max: 8 }), (numbers, tolerance) => {
      const polygon = numbers.slice(0, numbers.length - (numbers.length % 2));
      const simple = simplifyPolygon(polygon, tolerance);
      for (let i = 0; i < polygon.length; i += 2) {
        assert.ok(distance(simple, polygon[i], polygon[i + 1]) <= tolerance + 1e-9);
      }
    }),
  );
});

test("simplifyLine: an open line keeps both ends, and of what lies between the bends alone", () => {
  const bent = [0, 0, 4, 0, 10, 0, 10, 3, 10, 8];
  assert.deepEqual(simplifyLine(bent, 0.5), [0, 0, 10, 0, 10, 8]);
  assert.deepEqual(simplifyLine([0, 0, 5, 0.4, 10, 0], 0.5), [0, 0, 10, 0]);
  assert.deepEqual(simplifyLine([0, 0, 5, 0.6, 10, 0], 0.5), [0, 0, 5, 0.6, 10, 0]);
  // A line that comes back to where it began is no line to its end.
  assert.deepEqual(simplifyLine([0, 0, 6, 0, 0, 0], 0.5), [0, 0, 6, 0, 0, 0]);
  assert.deepEqual(simplifyLine([1, 2, 3, 4], 9), [1, 2, 3, 4]);
});

/** Distance of a point from a closed outline. */
function distance(outline: readonly number[], x: number, y: number): number {
  let least = Infinity;
  for (let i = 0; i < outline.length; i += 2) {
    const next = (i + 2) % outline.length;
    const [ax, ay] = [outline[i], outline[i + 1]];
    const [dx, dy] = [outline[next] - ax, outline[next + 1] - ay];
    const dot = (x - ax) * dx + (y - ay) * dy;
    const t = dot <= 0 ? 0 : Math.min(1, dot / (dx * dx + dy * dy));
    least = Math.min(least, Math.hypot(x - ax - t * dx, y - ay - t * dy));
  }
  return least;
}
