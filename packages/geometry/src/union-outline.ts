/**
 * The outer border of drawn outlines that overlap or touch, as one outline: points stay where they were
 * drawn, and where edges cross there is a new one. Holes between the outlines are filled.
 *
 * All edges are cut where they meet, and the border is walked along the outside, turning outwards at every
 * place; so edges that lie on one another, as snapping leaves them, are no special case.
 */
import type { Point } from "./measure.ts";
import type { Polygon } from "./polygon.ts";
import { meetingPoint } from "./ring-crossings.ts";

/** Nearer places are one: a millionth of a pixel is rounding. */
const SAME = 1e-6;

/** Null where the outlines do not hang together by more than a point. */
export function unionOutline(rings: readonly Polygon[]): Polygon | null {
  const pieces = cutAtMeetings(rings.flatMap(edgesOf));
  const neighbours = new Map<string, Map<string, Point>>();
  const connect = (from: Point, to: Point) => {
    const known = neighbours.get(keyOf(from)) ?? new Map<string, Point>();
    neighbours.set(keyOf(from), known.set(keyOf(to), to));
  };
  const places = new Map<string, Point>();
  for (const [a, b] of pieces) {
    if (keyOf(a) === keyOf(b)) continue;
    places.set(keyOf(a), a);
    places.set(keyOf(b), b);
    connect(a, b);
    connect(b, a);
  }
  const border = walkOutside(places, neighbours);
  if (border === null || new Set(border.map(keyOf)).size < border.length) return null;
  const outside = new Set(border.map(keyOf));
  // An outline of which no edge is on the border lies inside, or was never reached.
  const isReached = rings.every((ring) => {
    const points = pointsOf(ring);
    return points.some((point) => outside.has(keyOf(point))) || contains(border, points[0]);
  });
  return isReached ? withoutStraight(border).flat() : null;
}

/** Clockwise on a screen, from the leftmost place. */
function walkOutside(
  places: ReadonlyMap<string, Point>,
  neighbours: ReadonlyMap<string, ReadonlyMap<string, Point>>,
): Point[] | null {
  const [start] = [...places.values()].toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (start === undefined) return null;
  const border: Point[] = [];
  // As if it had come from the left: every edge lies to the right.
  let direction: Point = [1, 0];
  let at = start;
  let first: string | null = null;
  for (let steps = 0; steps <= 2 * places.size + 2; steps++) {
    const next = outermost(at, direction, neighbours.get(keyOf(at)) ?? new Map());
    if (next === null) return null;
    const edge = `${keyOf(at)} ${keyOf(next)}`;
    if (edge === first) return border;
    first ??= edge;
    border.push(at);
    direction = [next[0] - at[0], next[1] - at[1]];
    at = next;
  }
  return null;
}

/** The neighbour that lies furthest to the left of whoever arrives; back only where nothing else is. */
function outermost(
  at: Point,
  [dx, dy]: Point,
  candidates: ReadonlyMap<string, Point>,
): Point | null {
  let best: Point | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const to of candidates.values()) {
    const [ex, ey] = [to[0] - at[0], to[1] - at[1]];
    // From -pi, a sharp turn to the left on a screen, to pi, straight back.
    const turn = Math.atan2(dx * ey - dy * ex, dx * ex + dy * ey);
    const rank = turn <= -Math.PI + 1e-9 ? Math.PI : turn;
    if (rank < least) [best, least] = [to, rank];
  }
  return best;
}

type Piece = readonly [Point, Point];

function edgesOf(ring: Polygon): Piece[] {
  const points = pointsOf(ring);
  return points.map((point, i) => [point, points[(i + 1) % points.length]]);
}

function pointsOf(ring: Polygon): Point[] {
  return Array.from({ length: ring.length / 2 }, (_, i): Point => [ring[2 * i], ring[2 * i + 1]]);
}

function cutAtMeetings(edges: readonly Piece[]): Piece[] {
  return edges.flatMap(([a, b], i) => {
    const cuts = [a, b];
    for (const [j, [c, d]] of edges.entries()) {
      if (i === j || isApart(a, b, c, d)) continue;
      const met = meetingPoint(a, b, c, d);
      if (met !== null) cuts.push(met);
      for (const end of [c, d]) if (isOn(end, a, b)) cuts.push(end);
    }
    const along = ([x, y]: Point) => (x - a[0]) * (b[0] - a[0]) + (y - a[1]) * (b[1] - a[1]);
    const sorted = cuts.toSorted((p, q) => along(p) - along(q));
    return sorted.slice(1).map((to, k): Piece => [sorted[k], to]);
  });
}

function isApart(a: Point, b: Point, c: Point, d: Point): boolean {
  return (
    Math.max(a[0], b[0]) < Math.min(c[0], d[0]) - SAME ||
    Math.max(c[0], d[0]) < Math.min(a[0], b[0]) - SAME ||
    Math.max(a[1], b[1]) < Math.min(c[1], d[1]) - SAME ||
    Math.max(c[1], d[1]) < Math.min(a[1], b[1]) - SAME
  );
}

function isOn([x, y]: Point, a: Point, b: Point): boolean {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length2 = dx * dx + dy * dy;
  if (length2 === 0) return false;
  const t = ((x - a[0]) * dx + (y - a[1]) * dy) / length2;
  if (t < 0 || t > 1) return false;
  return Math.hypot(a[0] + t * dx - x, a[1] + t * dy - y) <= SAME;
}

/** Even and odd crossings of a ray to the right. */
function contains(ring: readonly Point[], [x, y]: Point): boolean {
  let inside = false;
  for (const [i, [ax, ay]] of ring.entries()) {
    const [bx, by] = ring[(i + 1) % ring.length];
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
  }
  return inside;
}

/** Without places in the middle of a straight edge that only a cut has made. */
function withoutStraight(ring: readonly Point[]): Point[] {
  const kept = ring.filter((point, i) => {
    const before = ring[(i + ring.length - 1) % ring.length];
    const after = ring[(i + 1) % ring.length];
    return !isOn(point, before, after);
  });
  return kept.length >= 3 ? kept : [...ring];
}

function keyOf([x, y]: Point): string {
  return `${Math.round(x / SAME)} ${Math.round(y / SAME)}`;
}
