import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { lineCrossings, meetingPoint, ringCrossings } from "./ring-crossings.ts";

test("ringCrossings: a square has none, a bow tie one, in its middle", () => {
  assert.deepEqual(ringCrossings([0, 0, 10, 0, 10, 10, 0, 10]), []);
  assert.deepEqual(ringCrossings([0, 0, 10, 10, 10, 0, 0, 10]), [{ edges: [0, 2], at: [5, 5] }]);
});

test("ringCrossings: a spike that runs back over its own edge is one", () => {
  // From (10, 0) out to (20, 0) and back to (5, 0).
  const spike = [0, 0, 10, 0, 20, 0, 5, 0, 5, 10];
  assert.ok(ringCrossings(spike).length > 0);
});

test("lineCrossings: edges that run over one another meet in the middle of what they share", () => {
  // All on one line: up it in two steps, and most of it back.
  assert.deepEqual(lineCrossings([2, 1, 8, 4, 20, 10, 4, 2]), [
    { edges: [0, 2], at: [6, 3] },
    { edges: [1, 2], at: [14, 7] },
  ]);
  // Upright, where only one lies within the other.
  assert.deepEqual(lineCrossings([3, 2, 3, 12, 5, 12, 3, 8, 3, 4]).slice(-1), [
    { edges: [0, 3], at: [3, 6] },
  ]);
  // On one line with a gap, and side by side.
  assert.deepEqual(lineCrossings([0, 0, 2, 1, 3, 9, 4, 2, 8, 4]), []);
  assert.deepEqual(lineCrossings([0, 0, 10, 5, 12, 5, 2, 0]), []);
});

test("ringCrossings: an outline that touches itself at an edge is one", () => {
  const touching = [0, 0, 10, 0, 10, 10, 5, 0, 0, 10];
  assert.ok(ringCrossings(touching).length > 0);
});

test("lineCrossings: the way from the last point to the first is no edge", () => {
  const hook = [0, 0, 10, 0, 10, 10, 5, -5];
  assert.equal(lineCrossings(hook).length, 1);
  assert.deepEqual(lineCrossings([0, 0, 10, 0, 10, 10, 0, 5]), []);
  assert.deepEqual(lineCrossings([0, 0]), []);
});

test("ringCrossings: as many as comparing every edge with every other finds", () => {
  const coordinate = fc.integer({ min: 0, max: 30 });
  const ring = fc.array(fc.tuple(coordinate, coordinate), { minLength: 3, maxLength: 14 });
  fc.assert(
    fc.property(ring, (points) => {
      const flat = points.flat();
      const found = ringCrossings(flat).map(({ edges }) => edges.join("-"));
      assert.equal(new Set(found).size, found.length, "each once");
      const at = (i: number) => points[i % points.length];
      const isPoint = (i: number) => String(at(i)) === String(at(i + 1));
      for (let i = 0; i < points.length; i++) {
        for (let j = i + 1; j < points.length; j++) {
          if (isPoint(i) || isPoint(j)) continue;
          const shared = [at(i), at(i + 1)].some((p) =>
            [at(j), at(j + 1)].some((q) => String(p) === String(q)),
          );
          const met = meetingPoint(at(i), at(i + 1), at(j), at(j + 1));
          if (met !== null && !shared) assert.ok(found.includes(`${i}-${j}`), `${i}-${j}`);
          if (met !== null && shared) assert.ok(!found.includes(`${i}-${j}`), `${i}-${j} shared`);
        }
      }
    }),
  );
});

test("ringCrossings: three thousand points of a circle cross nowhere", () => {
  const circle = Array.from({ length: 3000 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 3000;
    return [1500 + 1000 * Math.cos(angle), 1500 + 1000 * Math.sin(angle)];
  });
  assert.deepEqual(ringCrossings(circle.flat()), []);
});
