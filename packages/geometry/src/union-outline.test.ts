import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { polygonArea } from "./polygon.ts";
import { ringCrossings } from "./ring-crossings.ts";
import { unionOutline } from "./union-outline.ts";

const square = (x: number, y: number, side: number) => [
  x,
  y,
  x + side,
  y,
  x + side,
  y + side,
  x,
  y + side,
];

test("unionOutline: two squares that overlap at a corner", () => {
  const union = unionOutline([square(0, 0, 10), square(5, 5, 10)]);
  assert.ok(union !== null);
  assert.equal(polygonArea(union), 175);
  assert.equal(union.length / 2, 8);
});

test("unionOutline: begins at its leftmost place, and goes round clockwise on a screen", () => {
  assert.deepEqual(
    unionOutline([square(0, 0, 10), square(5, 5, 10)]),
    [0, 0, 10, 0, 10, 5, 15, 5, 15, 15, 5, 15, 5, 10, 0, 10],
  );
  assert.deepEqual(
    unionOutline([square(5, 0, 10), square(0, 5, 10)]),
    [0, 5, 5, 5, 5, 0, 15, 0, 15, 10, 10, 10, 10, 15, 0, 15],
  );
});

test("unionOutline: halves that share a side are the whole again, without the seam's points", () => {
  const left = [0, 0, 5, 0, 5, 10, 0, 10];
  const right = [5, 0, 10, 0, 10, 10, 5, 10];
  const union = unionOutline([left, right]);
  assert.ok(union !== null);
  assert.deepEqual([polygonArea(union), union.length / 2], [100, 4]);
  // A seam that ends on a slanted side.
  assert.deepEqual(
    unionOutline([
      [0, 0, 4, 0, 4, 4, 0, 6],
      [4, 0, 12, 0, 4, 4],
    ]),
    [0, 0, 12, 0, 0, 6],
  );
});

test("unionOutline: a piece that snapping has laid along part of a slanted edge", () => {
  const triangle = [0, 0, 10, 10, 0, 10];
  const piece = [2, 2, 8, 2, 8, 8];
  const union = unionOutline([triangle, piece]);
  assert.ok(union !== null);
  assert.equal(polygonArea(union), 50 + 18);
  assert.deepEqual(union, [0, 0, 2, 2, 8, 2, 8, 8, 10, 10, 0, 10]);
});

test("unionOutline: what lies inside goes, what lies elsewhere or touches in a point refuses", () => {
  const inside = unionOutline([square(0, 0, 10), square(3, 3, 2)]);
  assert.ok(inside !== null && polygonArea(inside) === 100);
  assert.equal(unionOutline([square(0, 0, 10), square(20, 0, 5)]), null);
  assert.equal(unionOutline([square(0, 0, 10), square(10, 10, 5)]), null);
});

/** Whether a place is inside, by even and odd crossings of a ray to the right. */
function holds(ring: readonly number[], x: number, y: number): boolean {
  let inside = false;
  for (let i = 0; i < ring.length; i += 2) {
    const [ax, ay] = [ring[i], ring[i + 1]];
    const [bx, by] = [ring[(i + 2) % ring.length], ring[(i + 3) % ring.length]];
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
  }
  return inside;
}

test("unionOutline: of random triangles it holds what either holds, and crosses nowhere", () => {
  const coordinate = fc.integer({ min: 1, max: 38 });
  const triangle = fc.tuple(coordinate, coordinate, coordinate, coordinate, coordinate, coordinate);
  fc.assert(
    fc.property(triangle, triangle, (one, other) => {
      fc.pre(polygonArea(one) > 8 && polygonArea(other) > 8);
      const union = unionOutline([one, other]);
      if (union === null) return;
      assert.deepEqual(ringCrossings(union), []);
      for (let row = 0; row < 40; row++) {
        for (let column = 0; column < 40; column++) {
          // On no edge between whole numbers.
          const [x, y] = [column + Math.SQRT1_2, row + Math.E - 2];
          const expected = holds(one, x, y) || holds(other, x, y);
          assert.equal(holds(union, x, y), expected, `${x} ${y}`);
        }
      }
    }),
  );
});
