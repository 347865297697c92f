/**
 * The fewest corners for an outline that runs along pixel borders: a slanted edge, which is a staircase of
 * pixels, becomes one straight line.
 *
 * Douglas and Peucker's way (`simplify.ts`) cannot do that, since it keeps points of the staircase, and
 * those lie beside the edge. An edge passes the middle of every pixel's side that it made part of the
 * border at half a pixel or less (the corners of the staircase at more); so the middles count here, and
 * those beside a corner of the staircase are where the new outline may turn. Of all polygons of such
 * points one with the fewest is taken, and of those the closest: by the shortest path from point to point
 * (Imai and Iri 1988), with a cone for each point of what lies straight ahead (Chan and Chin 1996), and
 * sums of squares as in Potrace (Selinger 2003).
 */
import { type Polygon, polygonSignedArea } from "./polygon.ts";

/**
 * A polygon that passes the middle of every pixel's side along the outline within `tolerance` pixels; of
 * 0.5 at least, since less cannot straighten a staircase. A single pixel's corner may then lie 0.36 further
 * away. Outlines of `traceMask` only: every edge runs
 * along an axis. An outline that is too small to be simplified is returned as it is.
 */
export function simplifyBorder(outline: Polygon, tolerance: number): Polygon {
  const path = sideMiddles(outline);
  const simplified = fewestPoints(path, Math.max(tolerance, 0.5));
  // What has collapsed, or been turned inside out, was a few pixels: it stays what it is.
  const area = polygonSignedArea(simplified);
  return simplified.length < 6 || area * polygonSignedArea(outline) <= 0 ? outline : simplified;
}

interface Path {
  readonly points: Polygon;
  /** Whether the new outline may turn at each point. The first is one of them. */
  readonly isFree: readonly boolean[];
}

/** The middles of all pixels' sides along an outline, beginning with one beside a corner. */
function sideMiddles(outline: Polygon): Path {
  const points: number[] = [];
  const isFree: boolean[] = [];
  for (let i = 0; i < outline.length; i += 2) {
    const next = (i + 2) % outline.length;
    const [dx, dy] = [outline[next] - outline[i], outline[next + 1] - outline[i + 1]];
    const sides = Math.abs(dx) + Math.abs(dy);
    for (let side = 0; side < sides; side++) {
      const share = (side + 0.5) / sides;
      points.push(outline[i] + share * dx, outline[i + 1] + share * dy);
      isFree.push(side === 0 || side === sides - 1);
    }
  }
  return { points, isFree };
}

/** Just inside the limit: what is exactly half a pixel away must not depend on rounding. */
const ROUNDING = 1e-9;

function fewestPoints({ points, isFree }: Path, tolerance: number): number[] {
  const count = isFree.length;
  const at = (i: number): readonly [number, number] => {
    const place = 2 * (i % count);
    return [points[place], points[place + 1]];
  };
  const squares = squaresAlong(points);
  // Round the outline and back to its first point, which is the point `count`.
  const corners = new Int32Array(count + 1).fill(count + 1);
  const misfit = new Float64Array(count + 1).fill(Infinity);
  const from = new Int32Array(count + 1);
  [corners[0], misfit[0]] = [0, 0];
  for (let i = 0; i < count; i++) {
    if (!isFree[i] || corners[i] > count) continue;
    const [x, y] = at(i);
    const cone = new Cone(tolerance + ROUNDING);
    for (let j = i + 1; j <= count; j++) {
      const [px, py] = at(j);
      const mayTurn = (j === count || isFree[j]) && corners[i] + 1 <= corners[j];
      if (mayTurn && cone.holds(px - x, py - y)) {
        const sum = misfit[i] + squares(i, j, x, y, px - x, py - y);
        if (corners[i] + 1 < corners[j] || sum < misfit[j]) {
          corners[j] = corners[i] + 1;
          misfit[j] = sum;
          from[j] = i;
        }
      }
      if (!cone.narrow(px - x, py - y)) break;
    }
  }
  const kept: number[] = [];
  for (let i = from[count]; ; i = from[i]) {
    kept.push(i);
    if (i === 0) return kept.toReversed().flatMap(at);
  }
}

/** The squared distances of the points from `i` to `j` from the line through one, summed without a loop. */
function squaresAlong(points: Polygon) {
  const count = points.length / 2;
  // Of x, y, x^2, xy, y^2: sums of all points before each.
  const sums = new Float64Array(5 * (count + 1));
  for (let i = 0; i < count; i++) {
    const [x, y] = [points[2 * i], points[2 * i + 1]];
    const terms = [x, y, x * x, x * y, y * y];
    for (let k = 0; k < 5; k++) sums[5 * (i + 1) + k] = sums[5 * i + k] + terms[k];
  }
  return (i: number, j: number, x: number, y: number, dx: number, dy: number): number => {
    const length2 = dx * dx + dy * dy;
    const sum = (k: number) => sums[5 * j + k] - sums[5 * i + k];
    const n = j - i;
    const xx = sum(2) - 2 * x * sum(0) + n * x * x;
    const xy = sum(3) - x * sum(1) - y * sum(0) + n * x * y;
    const yy = sum(4) - 2 * y * sum(1) + n * y * y;
    return length2 === 0
      ? 0
      : Math.max(0, dy * dy * xx - 2 * dx * dy * xy + dx * dx * yy) / length2;
  };
}

/** The directions in which a straight line passes all the points seen so far closely enough. */
class Cone {
  readonly #tolerance: number;
  /** Angles around the first direction; a full circle as long as every point was near. */
  #middle: number | null = null;
  #least = 0;
  #greatest = 0;
  #furthest = 0;

  constructor(tolerance: number) {
    this.#tolerance = tolerance;
  }

  holds(dx: number, dy: number): boolean {
    const distance = Math.hypot(dx, dy);
    if (distance === 0 || distance < this.#furthest - this.#tolerance) return false;
    if (this.#middle === null) return true;
    const angle = turnBetween(this.#middle, Math.atan2(dy, dx));
    return angle >= this.#least && angle <= this.#greatest;
  }

  /** Leaves out the directions that pass a point too far away; returns whether any is left. */
  narrow(dx: number, dy: number): boolean {
    const distance = Math.hypot(dx, dy);
    // An outline that comes back is not followed by a line that goes on.
    if (distance < this.#furthest - this.#tolerance) return false;
    this.#furthest = Math.max(this.#furthest, distance);
    if (distance <= this.#tolerance) return true;
    const direction = Math.atan2(dy, dx);
    const half = Math.asin(this.#tolerance / distance);
    if (this.#middle === null) {
      this.#middle = direction;
      this.#least = -half;
      this.#greatest = half;
      return true;
    }
    const angle = turnBetween(this.#middle, direction);
    this.#least = Math.max(this.#least, angle - half);
    this.#greatest = Math.min(this.#greatest, angle + half);
    return this.#least <= this.#greatest;
  }
}

/** From one direction to another, from -pi to pi. */
function turnBetween(from: number, to: number): number {
  const turn = to - from;
  return turn > Math.PI ? turn - 2 * Math.PI : turn < -Math.PI ? turn + 2 * Math.PI : turn;
}
