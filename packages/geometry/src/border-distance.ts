/** How far apart the borders of two drawn objects lie: what somebody moved, in pixels or millimetres. */
import type { Polygon } from "./polygon.ts";

export interface BorderDistance {
  /** The mean over both borders of the distance to the other. */
  readonly mean: number;
  /** The greatest such distance (Hausdorff's). */
  readonly greatest: number;
}

/** Places along a border, about one a unit. */
interface Places {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/**
 * Symmetric distances between the borders of two objects, each a list of rings; at places one unit apart.
 * Null where one of them has no border. Rings in millimetres give millimetres.
 */
export function borderDistance(
  one: readonly Polygon[],
  other: readonly Polygon[],
): BorderDistance | null {
  if (one.length === 0 || other.length === 0) return null;
  const there = distancesTo(placesAlong(one), other);
  const back = distancesTo(placesAlong(other), one);
  const count = there.length + back.length;
  let [sum, greatest] = [0, 0];
  for (const distances of [there, back]) {
    for (const distance of distances) {
      sum += distance;
      greatest = Math.max(greatest, distance);
    }
  }
  return { mean: sum / count, greatest };
}

function placesAlong(rings: readonly Polygon[]): Places {
  const [x, y]: [number[], number[]] = [[], []];
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const next = (i + 2) % ring.length;
      const [dx, dy] = [ring[next] - ring[i], ring[next + 1] - ring[i + 1]];
      const parts = Math.max(1, Math.ceil(Math.hypot(dx, dy)));
      for (let part = 0; part < parts; part++) {
        x.push(ring[i] + (dx * part) / parts);
        y.push(ring[i + 1] + (dy * part) / parts);
      }
    }
  }
  return { x: Float64Array.from(x), y: Float64Array.from(y) };
}

/** Of every place the distance to the nearest edge. */
function distancesTo({ x, y }: Places, rings: readonly Polygon[]): Float64Array {
  const nearest = new Float64Array(x.length).fill(Infinity);
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const next = (i + 2) % ring.length;
      const [ax, ay] = [ring[i], ring[i + 1]];
      const [dx, dy] = [ring[next] - ax, ring[next + 1] - ay];
      const length2 = dx * dx + dy * dy;
      for (let k = 0; k < x.length; k++) {
        const [px, py] = [x[k] - ax, y[k] - ay];
        const along = length2 === 0 ? 0 : (px * dx + py * dy) / length2;
        const t = Math.min(1, Math.max(0, along));
        const [ex, ey] = [px - t * dx, py - t * dy];
        nearest[k] = Math.min(nearest[k], ex * ex + ey * ey);
      }
    }
  }
  return nearest.map(Math.sqrt);
}
