/**
 * The grey values of a view's pixels, before any window: what the table renderer looks up, and what
 * the WebGL renderer's shader computes in the same whole numbers.
 *
 * A row of the level is mixed along its columns once, and the rows of the view that lie between two such rows
 * are mixed from them: neighbouring rows of a view share a row of the level more often than not.
 */
import { type AxisSampling, type Sampling, shownRange } from "./sampling.ts";

/** View pixels from the left and top ones to before the right and bottom ones. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The part of an area that shows the radiograph. */
export function shownArea(sampling: Sampling, within: Area): Area {
  const [left, right] = shownRange(sampling.x, within.right);
  const [top, bottom] = shownRange(sampling.y, within.bottom);
  return {
    left: Math.max(left, within.left),
    right: Math.max(right, within.left),
    top: Math.max(top, within.top),
    bottom: Math.max(bottom, within.top),
  };
}

/** Fills an area that shows the radiograph all over; `pixels` are the whole view's, `viewWidth` a row. */
export function resample(
  sampling: Sampling,
  { left, top, right, bottom }: Area,
  pixels: Uint16Array,
  viewWidth: number,
): void {
  const { level, smooth } = sampling;
  const width = right - left;
  const columns = places(sampling.x, left, right, level.width, smooth);
  const rows = places(sampling.y, top, bottom, level.height, smooth);
  let above: MixedRow = { row: -1, sums: new Int32Array(width) };
  let below: MixedRow = { row: -1, sums: new Int32Array(width) };
  for (let y = 0; y < bottom - top; y++) {
    const { first, second, weight } = rows;
    // What lay below the last row of the view lies above this one, or will after some more.
    if (below.row === first[y]) [above, below] = [below, above];
    if (above.row !== first[y]) mixColumns(level, first[y], columns, above);
    if (below.row !== second[y]) mixColumns(level, second[y], columns, below);
    mixRows(above.sums, below.sums, weight[y], pixels, (top + y) * viewWidth + left);
  }
}

interface Places {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly weight: Int32Array;
}

/** A row of the level at the view's columns, in 256ths; at most 65535 * 256. */
interface MixedRow {
  row: number;
  readonly sums: Int32Array;
}

function mixColumns(
  { pixels, width }: Sampling["level"],
  row: number,
  { first, second, weight }: Places,
  into: MixedRow,
): void {
  const { sums } = into;
  const start = row * width;
  for (let x = 0; x < sums.length; x++) {
    const right = weight[x];
    sums[x] =
      Math.imul(pixels[start + first[x]], 256 - right) +
      Math.imul(pixels[start + second[x]], right);
  }
  into.row = row;
}

function mixRows(
  above: Int32Array,
  below: Int32Array,
  down: number,
  pixels: Uint16Array,
  start: number,
): void {
  const up = 256 - down;
  for (let x = 0; x < above.length; x++) {
    // At most 65535 * 65536 + 32768, which an unsigned 32-bit number holds: the shift takes it as one.
    pixels[start + x] = (Math.imul(above[x], up) + Math.imul(below[x], down) + 32_768) >>> 16;
  }
}

/** For each view pixel the two pixels of the level between which it lies, and the second's 256ths. */
function places(
  { base, step }: AxisSampling,
  from: number,
  to: number,
  levelSize: number,
  smooth: boolean,
): Places {
  const first = new Int32Array(to - from);
  const second = new Int32Array(to - from);
  const weight = new Int32Array(to - from);
  for (let i = from; i < to; i++) {
    const at = base + i * step - (smooth ? 32_768 : 0);
    const pixel = at >> 16;
    first[i - from] = limit(pixel, levelSize);
    second[i - from] = limit(smooth ? pixel + 1 : pixel, levelSize);
    weight[i - from] = smooth ? (at >> 8) & 255 : 0;
  }
  return { first, second, weight };
}

function limit(pixel: number, size: number): number {
  return Math.min(Math.max(pixel, 0), size - 1);
}
