/**
 * Fewer points for an outline or an open line: Douglas and Peucker 1973. Points that stay are some of
 * those that were there; `simplify-border.ts` needs fewer for an outline along pixel borders.
 */
import type { Polygon } from "./polygon.ts";

/**
 * A polygon of some of the points such that no dropped point lies further than `tolerance`
 * pixels from the new outline. Returns the polygon itself where fewer than three would remain.
 */
export function simplifyPolygon(polygon: Polygon, tolerance: number): Polygon {
  const count = polygon.length / 2;
  if (count <= 3) return polygon;
  // A closed outline has no ends: cut it at its first point and at the one furthest from it.
  let [far, farthest] = [0, -1];
  for (let i = 1; i < count; i++) {
    const distance = Math.hypot(polygon[2 * i] - polygon[0], polygon[2 * i + 1] - polygon[1]);
    if (distance > farthest) [far, farthest] = [i, distance];
  }
  const kept = new Uint8Array(count);
  kept[0] = 1;
  kept[far] = 1;
  keepBetween(polygon, 0, far, tolerance, kept);
  keepBetween(polygon, far, count, tolerance, kept);
  const simplified = polygon.filter((_, i) => kept[i >> 1] === 1);
  return simplified.length < 6 ? polygon : simplified;
}

/** An open line of some of the points, its ends among them, as `simplifyPolygon` does it. */
export function simplifyLine(points: readonly number[], tolerance: number): readonly number[] {
  const count = points.length / 2;
  if (count <= 2) return points;
  const kept = new Uint8Array(count);
  kept[0] = 1;
  kept[count - 1] = 1;
  keepBetween(points, 0, count - 1, tolerance, kept);
  return points.filter((_, i) => kept[i >> 1] === 1);
}

/** Marks the points to keep between the points `first` and `last` (modulo the count). */
function keepBetween(
  polygon: Polygon,
  first: number,
  last: number,
  tolerance: number,
  kept: Uint8Array,
): void {
  // A stack instead of recursion: an outline of a noisy mask can have 100,000 points.
  const open: [number, number][] = [[first, last]];
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const [from, to] = span;
    let [worst, worstDistance] = [-1, tolerance];
    for (let i = from + 1; i < to; i++) {
      const distance = distanceToSegment(polygon, i, from, to % kept.length);
      if (distance > worstDistance) [worst, worstDistance] = [i, distance];
    }
    if (worst < 0) continue;
    kept[worst] = 1;
    open.push([from, worst], [worst, to]);
  }
}

/** Distance in pixels of point `i` from the segment between points `a` and `b`. */
function distanceToSegment(polygon: Polygon, i: number, a: number, b: number): number {
  const [ax, ay] = [polygon[2 * a], polygon[2 * a + 1]];
  const [dx, dy] = [polygon[2 * b] - ax, polygon[2 * b + 1] - ay];
  const [px, py] = [polygon[2 * i] - ax, polygon[2 * i + 1] - ay];
  const length2 = dx * dx + dy * dy;
  const t = length2 === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length2));
  return Math.hypot(px - t * dx, py - t * dy);
}
