/**
 * Where a drawn outline or line crosses itself: what has no inside that everybody agrees on.
 *
 * Edges are compared where they lie side by side from left to right, so that an outline of thousands of
 * points takes milliseconds. Edges that share an end may touch there and nowhere else.
 */
import type { Point } from "./measure.ts";
import type { Polygon } from "./polygon.ts";

export interface Crossing {
  /** The edges' numbers, the lower first; edge `i` begins at point `i`. */
  readonly edges: readonly [number, number];
  readonly at: Point;
}

/** All crossings of a closed outline, by the numbers of their edges. */
export function ringCrossings(ring: Polygon): Crossing[] {
  return crossingsOf(edgesOf(ring, ring.length / 2));
}

/** All crossings of an open line. */
export function lineCrossings(points: readonly number[]): Crossing[] {
  return crossingsOf(edgesOf(points, points.length / 2 - 1));
}

/** Where two edges meet, ends included; null where they do not, or lie on one line. */
export function meetingPoint(a: Point, b: Point, c: Point, d: Point): Point | null {
  const [rx, ry] = [b[0] - a[0], b[1] - a[1]];
  const [sx, sy] = [d[0] - c[0], d[1] - c[1]];
  const cross = rx * sy - ry * sx;
  if (cross === 0) return null;
  const [qx, qy] = [c[0] - a[0], c[1] - a[1]];
  const t = (qx * sy - qy * sx) / cross;
  const u = (qx * ry - qy * rx) / cross;
  if (t < 0 || t > 1 || u < 0 || u > 1) return null;
  return [a[0] + t * rx, a[1] + t * ry];
}

interface Edge {
  readonly index: number;
  readonly a: Point;
  readonly b: Point;
  readonly left: number;
  readonly right: number;
}

function edgesOf(points: readonly number[], count: number): readonly Edge[] {
  return Array.from({ length: Math.max(count, 0) }, (_, index): Edge => {
    const next = (2 * index + 2) % points.length;
    const a: Point = [points[2 * index], points[2 * index + 1]];
    const b: Point = [points[next], points[next + 1]];
    return { index, a, b, left: Math.min(a[0], b[0]), right: Math.max(a[0], b[0]) };
  });
}

function crossingsOf(edges: readonly Edge[]): Crossing[] {
  const found: Crossing[] = [];
  let open: Edge[] = [];
  for (const edge of edges.toSorted((one, other) => one.left - other.left)) {
    open = open.filter(({ right }) => right >= edge.left);
    for (const other of open) {
      const at = crossingOf(edge, other);
      if (at === null) continue;
      const [low, high] = [edge.index, other.index].toSorted((i, j) => i - j);
      found.push({ edges: [low, high], at });
    }
    open.push(edge);
  }
  return found.toSorted((a, b) => a.edges[0] - b.edges[0] || a.edges[1] - b.edges[1]);
}

/** A point that both edges have besides an end that they share. */
function crossingOf(one: Edge, other: Edge): Point | null {
  const { a, b } = one;
  const { a: c, b: d } = other;
  if (isSame(a, b) || isSame(c, d)) return null;
  const met = meetingPoint(a, b, c, d);
  if (met === null) return overlapOf(one, other);
  const ends = [a, b].filter((end) => isSame(end, c) || isSame(end, d));
  return ends.length > 0 ? null : met;
}

/** Edges on one line that run over one another: the middle of what they share. */
function overlapOf({ a, b }: Edge, { a: c, b: d }: Edge): Point | null {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length2 = dx * dx + dy * dy;
  const isAway = (p: Point) =>
    (dx * (p[1] - a[1]) - dy * (p[0] - a[0])) ** 2 > 1e-12 * length2 * length2;
  if (isAway(c) || isAway(d)) return null;
  const along = (p: Point) => (dx * (p[0] - a[0]) + dy * (p[1] - a[1])) / length2;
  const from = Math.max(0, Math.min(along(c), along(d)));
  const to = Math.min(1, Math.max(along(c), along(d)));
  if (to - from <= 1e-9) return null;
  return [a[0] + (dx * (from + to)) / 2, a[1] + (dy * (from + to)) / 2];
}

function isSame(a: Point, b: Point): boolean {
  return a[0] === b[0] && a[1] === b[1];
}
