/** Points of a drawing as one flat list, `[x0, y0, x1, y1, …]`: closed outlines and open lines alike. */
import type { Point } from "../view/camera.ts";

export type Ring = readonly number[];

export function pointCount(ring: Ring): number {
  return ring.length / 2;
}

export function pointAt(ring: Ring, index: number): Point {
  return { x: ring[2 * index], y: ring[2 * index + 1] };
}

export function lastPoint(ring: Ring): Point | null {
  return ring.length === 0 ? null : pointAt(ring, pointCount(ring) - 1);
}

export function pointsOf(ring: Ring): Point[] {
  return Array.from({ length: pointCount(ring) }, (_, index) => pointAt(ring, index));
}

export function ringOf(points: readonly Point[]): Ring {
  return points.flatMap(({ x, y }) => [x, y]);
}

export function withPoint(ring: Ring, index: number, { x, y }: Point): Ring {
  return ring.map((value, i) => (i === 2 * index ? x : i === 2 * index + 1 ? y : value));
}

/** A point more, which gets the number `index`. */
export function insertPoint(ring: Ring, index: number, { x, y }: Point): Ring {
  return [...ring.slice(0, 2 * index), x, y, ...ring.slice(2 * index)];
}

export function removePoint(ring: Ring, index: number): Ring {
  return ring.filter((_, i) => i >> 1 !== index);
}

export function moveRing(ring: Ring, dx: number, dy: number): Ring {
  return ring.map((value, i) => value + (i % 2 === 0 ? dx : dy));
}

/** The points from number `from` to `to`, both of them, going on over the end. */
export function sectionOf(ring: Ring, from: number, to: number): Ring {
  return from <= to
    ? ring.slice(2 * from, 2 * to + 2)
    : [...ring.slice(2 * from), ...ring.slice(0, 2 * to + 2)];
}

export function reversed(ring: Ring): Ring {
  return ringOf(pointsOf(ring).toReversed());
}

/** A hundredth of a pixel is finer than any hand, and short to write. */
export function rounded(ring: Ring): Ring {
  return ring.map((value) => Math.round(value * 100) / 100);
}
