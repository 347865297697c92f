/** Fewer points, the same look: every point that is left out lies where the path still goes. */
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import type { Point } from "../view/camera.ts";
import { visiblePath } from "./visible-path.ts";

const viewport = { width: 400, height: 300 };
const look = { margin: 10, tolerance: 0.2 };

function circle(count: number, radius: number): Point[] {
  return Array.from({ length: count + 1 }, (_, i) => {
    const angle = (2 * Math.PI * i) / count;
    return { x: 200 + radius * Math.cos(angle), y: 150 + radius * Math.sin(angle) };
  });
}

function distanceToPath({ x, y }: Point, path: readonly Point[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 1; i < path.length; i++) {
    const [a, b] = [path[i - 1], path[i]];
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const length = dx * dx + dy * dy;
    const share = length === 0 ? 0 : ((x - a.x) * dx + (y - a.y) * dy) / length;
    const t = Math.min(Math.max(share, 0), 1);
    least = Math.min(least, Math.hypot(x - a.x - t * dx, y - a.y - t * dy));
  }
  return least;
}

test("visible path: a circle of a thousand points has as many as its bends need", () => {
  const path = visiblePath(circle(1000, 100), viewport, look);
  assert.ok(path.length > 20 && path.length < 100, `${path.length}`);
  for (const at of circle(1000, 100)) assert.ok(distanceToPath(at, path) <= look.tolerance + 1e-9);
});

test("visible path: whatever it is, no point in sight is farther from it than the tolerance", () => {
  const step = fc.tuple(
    fc.double({ min: -6, max: 6, noNaN: true }),
    fc.double({ min: -6, max: 6, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 3, maxLength: 80 }), (steps) => {
      const points: Point[] = [];
      let [x, y] = [200, 150];
      for (const [dx, dy] of steps) {
        x += dx;
        y += dy;
        points.push({ x, y });
      }
      const path = visiblePath(points, viewport, look);
      assert.deepEqual([path[0], path.at(-1)], [points[0], points.at(-1)]);
      for (const at of points) {
        if (at.x < 0 || at.y < 0 || at.x > viewport.width || at.y > viewport.height) continue;
        const away = distanceToPath(at, path);
        assert.ok(away <= look.tolerance + 1e-9, `${away} from ${at.x}, ${at.y}`);
      }
    }),
  );
});

test("visible path: out and back along the same line, the end is still reached", () => {
  const points = [0, 50, 100, 60, 20].map((x) => ({ x, y: 150 }));
  assert.ok(visiblePath(points, viewport, look).some(({ x }) => x === 100));
});

test("visible path: what lies beside the view is left out, and what comes back into it is not", () => {
  const beside = Array.from({ length: 50 }, (_, i) => ({ x: 600 + (i % 2), y: i * 10 }));
  const points = [{ x: 200, y: 150 }, ...beside, { x: 200, y: 250 }];
  const path = visiblePath(points, viewport, look);
  assert.ok(path.length <= 4, `${path.length}`);
  const around = [
    { x: -100, y: 150 },
    { x: -100, y: -100 },
    { x: 200, y: -100 },
    { x: 200, y: 400 },
  ];
  assert.deepEqual(visiblePath(around, viewport, look), around, "no two edges beyond one border");
});
