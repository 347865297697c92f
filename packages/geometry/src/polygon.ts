/**
 * Polygons in image pixels, flat as COCO writes them: `[x0, y0, x1, y1, …]`, closed by
 * itself (the first point is not repeated). Pixel (0, 0) covers [0, 1) x [0, 1).
 *
 * Several polygons of one object stand for their union. Holes exist only where
 * `trace.ts` says so.
 */
import type { Box } from "./box.ts";

export type Polygon = readonly number[];

/**
 * Signed area in square pixels by the shoelace formula. Positive when the points turn
 * clockwise as seen on a screen (y grows downwards).
 */
export function polygonSignedArea(polygon: Polygon): number {
  let twice = 0;
  for (let i = 0; i < polygon.length; i += 2) {
    const next = (i + 2) % polygon.length;
    twice += polygon[i] * polygon[next + 1] - polygon[next] * polygon[i + 1];
  }
  return twice / 2;
}

/** Area in square pixels, whatever the direction. Crossing parts count against each other. */
export function polygonArea(polygon: Polygon): number {
  return Math.abs(polygonSignedArea(polygon));
}

/** The smallest box around all the polygons; `[0, 0, 0, 0]` where there is no point. */
export function polygonBounds(...polygons: readonly Polygon[]): Box {
  let [x1, y1, x2, y2] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const polygon of polygons) {
    for (let i = 0; i + 1 < polygon.length; i += 2) {
      x1 = Math.min(x1, polygon[i]);
      y1 = Math.min(y1, polygon[i + 1]);
      x2 = Math.max(x2, polygon[i]);
      y2 = Math.max(y2, polygon[i + 1]);
    }
  }
  return x1 === Infinity ? [0, 0, 0, 0] : [x1, y1, x2, y2];
}

/** The polygon in an image resampled by `scaleX` and `scaleY`. */
export function scalePolygon(polygon: Polygon, scaleX: number, scaleY: number): Polygon {
  return polygon.map((value, i) => (i % 2 === 0 ? value * scaleX : value * scaleY));
}

/** The polygon moved by `dx` and `dy`. */
export function translatePolygon(polygon: Polygon, dx: number, dy: number): Polygon {
  return polygon.map((value, i) => (i % 2 === 0 ? value + dx : value + dy));
}

/** The polygon in an image of the given width mirrored left to right; its direction reverses. */
export function flipPolygon(polygon: Polygon, width: number): Polygon {
  return polygon.map((value, i) => (i % 2 === 0 ? width - value : value));
}

/**
 * The part of a polygon inside a box, in the same coordinates; empty where there is none.
 *
 * Cut edge by edge (Sutherland and Hodgman 1974). A concave polygon that falls into pieces
 * stays one polygon whose pieces hang together by edges along the box's border; they enclose
 * no area.
 */
export function clipPolygon(polygon: Polygon, box: Box): Polygon {
  let points = polygon;
  points = clipHalfPlane(points, 0, box[0], 1);
  points = clipHalfPlane(points, 1, box[1], 1);
  points = clipHalfPlane(points, 0, box[2], -1);
  points = clipHalfPlane(points, 1, box[3], -1);
  return points.length < 6 ? [] : points;
}

/** Keeps the side where `sign * (coordinate - limit) >= 0`; `axis` is 0 for x and 1 for y. */
function clipHalfPlane(polygon: Polygon, axis: 0 | 1, limit: number, sign: 1 | -1): Polygon {
  const kept: number[] = [];
  for (let i = 0; i < polygon.length; i += 2) {
    const previous = (i + polygon.length - 2) % polygon.length;
    const here = sign * (polygon[i + axis] - limit);
    const before = sign * (polygon[previous + axis] - limit);
    if (here >= 0 !== before >= 0) {
      const t = before / (before - here);
      const other = 1 - axis;
      const crossing =
        polygon[previous + other] + t * (polygon[i + other] - polygon[previous + other]);
      // The cut coordinate is the limit itself, not an interpolation that rounding puts beside it.
      if (axis === 0) kept.push(limit, crossing);
      else kept.push(crossing, limit);
    }
    if (here >= 0) kept.push(polygon[i], polygon[i + 1]);
  }
  return kept;
}
