/**
 * Live wire: the way of least cost over a radiograph's pixels between two places, which follows a dark line
 * or a bone's edge in between (Mortensen and Barrett 1998). On the 16-bit values, never on what is shown.
 *
 * All ways from one anchor are computed at once within a window (Dijkstra 1959, with buckets since costs
 * are small whole numbers); the way to wherever the pointer goes is then read off. Pure: a worker runs it.
 */
import { simplifyLine } from "@malleolus/geometry";

/** Part of a radiograph, with the pixel of its upper left corner. */
export interface PixelPatch {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Row by row. */
  readonly pixels: Uint16Array;
}

/** What the wire follows: a line darker than both its sides, or the steepest change. */
export type WireTarget = "dark line" | "edge";

/** Every way from one anchor. */
export interface WireField {
  readonly patch: PixelPatch;
  readonly anchor: readonly [x: number, y: number];
  /** The pixel before each on its way from the anchor; -1 for the anchor itself. */
  readonly before: Int32Array;
}

/** Cost of a step onto the best pixel, and onto one that nothing speaks for. */
const LEAST_COST = 2;
const GREATEST_COST = 64;
/** The share of the pixels that are as strong as can be. */
const STRONGEST_SHARE = 0.01;
const NEIGHBOURS = [
  [1, 0, 1],
  [-1, 0, 1],
  [0, 1, 1],
  [0, -1, 1],
  [1, 1, Math.SQRT2],
  [1, -1, Math.SQRT2],
  [-1, 1, Math.SQRT2],
  [-1, -1, Math.SQRT2],
] as const;

/** The window around an anchor within which ways are computed, cut to the radiograph. */
export function patchAround(
  image: { readonly width: number; readonly height: number; readonly pixels: Uint16Array },
  [x, y]: readonly [number, number],
  radius: number,
): PixelPatch {
  const left = clamp(Math.floor(x) - radius, 0, image.width - 1);
  const top = clamp(Math.floor(y) - radius, 0, image.height - 1);
  const right = clamp(Math.floor(x) + radius, left, image.width - 1);
  const bottom = clamp(Math.floor(y) + radius, top, image.height - 1);
  const [width, height] = [right - left + 1, bottom - top + 1];
  const pixels = new Uint16Array(width * height);
  for (let row = 0; row < height; row++) {
    const from = (top + row) * image.width + left;
    pixels.set(image.pixels.subarray(from, from + width), row * width);
  }
  return { x: left, y: top, width, height, pixels };
}

/** All ways from an anchor, in pixels of the radiograph. */
export function wireField(
  patch: PixelPatch,
  anchor: readonly [number, number],
  follow: WireTarget,
): WireField {
  const strengths = follow === "edge" ? edgeStrengths(patch) : lineStrengths(patch);
  const costs = costsOf(strengths);
  return { patch, anchor, before: waysFrom(costs, patch, placeOf(patch, anchor)) };
}

/**
 * The way to a place as few points, both ends where they were asked for. A place outside of the window is
 * reached by a straight piece from the window's border.
 */
export function wirePath({ patch, anchor, before }: WireField, to: readonly [number, number]) {
  const path: number[] = [];
  const goal = placeOf(patch, to);
  for (let at = goal; at >= 0; at = before[at]) {
    path.unshift(patch.x + (at % patch.width) + 0.5, patch.y + Math.floor(at / patch.width) + 0.5);
  }
  // The middles of the first and the last pixel give way to what was clicked.
  const between = path.length > 4 ? path.slice(2, -2) : [];
  const isInside =
    to[0] >= patch.x &&
    to[1] >= patch.y &&
    to[0] < patch.x + patch.width &&
    to[1] < patch.y + patch.height;
  const last = isInside ? [] : path.slice(-2);
  return simplifyLine([...anchor, ...smoothed(between), ...last, ...to], 0.5);
}

/** How much darker a pixel is than both of its sides, across the direction in which that is most. */
function lineStrengths(patch: PixelPatch): Float32Array {
  const { width, height } = patch;
  const values = blurred(patch);
  const strengths = new Float32Array(width * height);
  const directions = [
    [1, 0],
    [0, 1],
    [1, 1],
    [1, -1],
  ] as const;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const here = values[y * width + x];
      let best = 0;
      for (const [dx, dy] of directions) {
        for (const distance of [2, 3]) {
          const one = at(values, width, height, x + dx * distance, y + dy * distance);
          const other = at(values, width, height, x - dx * distance, y - dy * distance);
          best = Math.max(best, Math.min(one, other) - here);
        }
      }
      strengths[y * width + x] = best;
    }
  }
  return strengths;
}

/** Sobel's gradient. */
function edgeStrengths(patch: PixelPatch): Float32Array {
  const { width, height } = patch;
  const values = blurred(patch);
  const strengths = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const v = (dx: number, dy: number) => at(values, width, height, x + dx, y + dy);
      const gx = v(1, -1) + 2 * v(1, 0) + v(1, 1) - v(-1, -1) - 2 * v(-1, 0) - v(-1, 1);
      const gy = v(-1, 1) + 2 * v(0, 1) + v(1, 1) - v(-1, -1) - 2 * v(0, -1) - v(1, -1);
      strengths[y * width + x] = Math.hypot(gx, gy);
    }
  }
  return strengths;
}

/** Means of three by three: single noisy pixels are no line. */
function blurred({ width, height, pixels }: PixelPatch): Float32Array {
  const rows = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [left, right] = [Math.max(x - 1, 0), Math.min(x + 1, width - 1)];
      const row = y * width;
      rows[row + x] = (pixels[row + left] + pixels[row + x] + pixels[row + right]) / 3;
    }
  }
  const values = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const [above, below] = [Math.max(y - 1, 0) * width, Math.min(y + 1, height - 1) * width];
    for (let x = 0; x < width; x++) {
      values[y * width + x] = (rows[above + x] + rows[y * width + x] + rows[below + x]) / 3;
    }
  }
  return values;
}

/** Small whole numbers, the least where the strength is among the window's greatest. */
function costsOf(strengths: Float32Array): Uint8Array {
  const sorted = strengths.toSorted();
  const strongest = sorted[Math.floor((sorted.length - 1) * (1 - STRONGEST_SHARE))];
  const costs = new Uint8Array(strengths.length);
  for (let i = 0; i < strengths.length; i++) {
    const share = strongest <= 0 ? 0 : Math.min(strengths[i] / strongest, 1);
    costs[i] = Math.round(LEAST_COST + (GREATEST_COST - LEAST_COST) * (1 - share) ** 2);
  }
  return costs;
}

function waysFrom(costs: Uint8Array, { width, height }: PixelPatch, start: number): Int32Array {
  const before = new Int32Array(costs.length).fill(-1);
  const distances = new Int32Array(costs.length).fill(0x7fffffff);
  const isDone = new Uint8Array(costs.length);
  // One bucket for each distance, used in turn: no step costs more than there are buckets.
  const buckets: number[][] = Array.from({ length: 2 * GREATEST_COST }, () => []);
  distances[start] = 0;
  buckets[0].push(start);
  let left = 1;
  for (let distance = 0; left > 0; distance++) {
    const bucket = buckets[distance % buckets.length];
    for (let here = bucket.pop(); here !== undefined; here = bucket.pop()) {
      left--;
      if (isDone[here] === 1) continue;
      isDone[here] = 1;
      const [x, y] = [here % width, Math.floor(here / width)];
      for (const [dx, dy, length] of NEIGHBOURS) {
        const [nx, ny] = [x + dx, y + dy];
        if (nx < 0 || ny < 0 || nx >= width || ny >= height) continue;
        const next = ny * width + nx;
        const further = distances[here] + Math.round(costs[next] * length);
        if (further >= distances[next]) continue;
        distances[next] = further;
        before[next] = here;
        buckets[further % buckets.length].push(next);
        left++;
      }
    }
  }
  return before;
}

/** Each point the mean of itself and its neighbours: the steps from pixel to pixel go. */
function smoothed(path: readonly number[]): readonly number[] {
  if (path.length < 6) return path;
  return path.map((value, i) =>
    i < 2 || i >= path.length - 2 ? value : (path[i - 2] + 2 * value + path[i + 2]) / 4,
  );
}

function placeOf({ x, y, width, height }: PixelPatch, to: readonly [number, number]): number {
  const column = clamp(Math.floor(to[0]) - x, 0, width - 1);
  return clamp(Math.floor(to[1]) - y, 0, height - 1) * width + column;
}

function at(values: Float32Array, width: number, height: number, x: number, y: number): number {
  return values[clamp(y, 0, height - 1) * width + clamp(x, 0, width - 1)];
}

function clamp(value: number, least: number, greatest: number): number {
  return Math.min(Math.max(value, least), greatest);
}
