/**
 * A thin structure as an open line with a width: the longest way through the skeleton of its mask. What
 * branches off is a bump of the border, or a branch that a single line cannot show.
 */
import { fillHoles, largestComponent } from "./components.ts";
import { depthsOf } from "./distance-transform.ts";
import { type Mask, maskArea } from "./mask.ts";
import { simplifyLine } from "./simplify.ts";
import { thinMask } from "./thinning.ts";

export interface Centreline {
  /** `[x0, y0, x1, y1, …]` in pixels of the mask, at least two points. */
  readonly points: readonly number[];
  /** In pixels: a line of this width, with round ends, has the mask's area. */
  readonly width: number;
}

/**
 * The line along the middle of a mask's largest part, within `tolerance` pixels of the skeleton. Null for
 * an empty mask, and for one that is no longer than it is wide: there is no telling which way it goes.
 */
export function centrelineOf(mask: Mask, tolerance = 0.5): Centreline | null {
  const area = maskArea(mask);
  if (area === 0) return null;
  // A hole would make a ring of the skeleton, through which there are two ways.
  const whole = fillHoles(largestComponent(mask), Infinity);
  const path = withoutEnds(longestPath(thinMask(whole)), depthsOf(whole), mask.width);
  const points = path.flatMap((i) => [(i % mask.width) + 0.5, Math.floor(i / mask.width) + 0.5]);
  const length = lengthOf(points);
  const width = widthOf(maskArea(whole), length);
  if (length <= width) return null;
  return { points: simplifyLine(points, tolerance), width };
}

/** Of a line with round ends: area = width x length + pi (width / 2)^2. */
function widthOf(area: number, length: number): number {
  return (2 * (Math.sqrt(length * length + Math.PI * area) - length)) / Math.PI;
}

function lengthOf(points: readonly number[]): number {
  let length = 0;
  for (let i = 2; i < points.length; i += 2) {
    length += Math.hypot(points[i] - points[i - 2], points[i + 1] - points[i - 1]);
  }
  return length;
}

/**
 * Where a structure ends, its skeleton runs on into a corner. The line's round end reaches half a width
 * further than the line; so the line ends where the structure is as deep as elsewhere.
 */
function withoutEnds(path: readonly number[], depths: Float64Array, width: number): number[] {
  if (path.length < 3) return [...path];
  const sorted = path.map((i) => depths[i]).toSorted((a, b) => a - b);
  const usual = sorted[Math.floor(sorted.length / 2)];
  const isDeep = (i: number) => depths[i] >= 0.9 * usual;
  const first = path.findIndex(isDeep);
  const last = path.findLastIndex(isDeep);
  // A wedge is shallow for long: no more goes than the half width that a round end gives back.
  const apart = (a: number, b: number) =>
    Math.hypot((a % width) - (b % width), Math.floor(a / width) - Math.floor(b / width));
  const start = path.findIndex((i, at) => at >= first || apart(path[0], i) >= usual);
  const end = path.findLastIndex((i, at) => at <= last || apart(path[path.length - 1], i) >= usual);
  return start < end ? path.slice(start, end + 1) : [...path];
}

/** The pixels of the longest of the shortest ways between two ends of a skeleton. */
function longestPath(skeleton: Mask): number[] {
  const start = skeleton.data.indexOf(1);
  // In a tree, what is furthest from anywhere is an end of the longest way.
  const end = waysFrom(skeleton, start).furthest;
  const { furthest, before } = waysFrom(skeleton, end);
  const path: number[] = [];
  for (let i = furthest; i >= 0; i = before[i]) path.push(i);
  return path;
}

interface Ways {
  readonly furthest: number;
  /** The pixel before each on the way to it; -1 for the first. */
  readonly before: Int32Array;
}

/** Shortest ways over set pixels and their eight neighbours (Dijkstra 1959). */
function waysFrom({ width, height, data }: Mask, start: number): Ways {
  const distances = new Float64Array(data.length).fill(Infinity);
  const before = new Int32Array(data.length).fill(-1);
  distances[start] = 0;
  let furthest = start;
  // A skeleton's front is a few pixels: looking through it costs less than a heap.
  const open = [start];
  while (open.length > 0) {
    let nearest = 0;
    for (let k = 1; k < open.length; k++) {
      if (distances[open[k]] < distances[open[nearest]]) nearest = k;
    }
    const [i] = open.splice(nearest, 1);
    if (distances[i] > distances[furthest]) furthest = i;
    const [x, y] = [i % width, Math.floor(i / width)];
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const [nx, ny] = [x + dx, y + dy];
        if (nx < 0 || ny < 0 || nx >= width || ny >= height) continue;
        const next = ny * width + nx;
        const distance = distances[i] + Math.hypot(dx, dy);
        if (data[next] === 0 || distance >= distances[next]) continue;
        if (distances[next] === Infinity) open.push(next);
        distances[next] = distance;
        before[next] = i;
      }
    }
  }
  return { furthest, before };
}
