/**
 * Of every pixel the distance to the nearest pixel of a kind, exact: the lower envelope of parabolas, one
 * axis after the other (Felzenszwalb and Huttenlocher, "Distance transforms of sampled functions", 2012).
 */
import type { Mask } from "./mask.ts";

/**
 * Squared distances from every pixel's centre to that of the nearest set pixel, row by row; Infinity
 * everywhere for a mask without one. `spacing` is how far rows and columns lie apart, in DICOM's order.
 */
export function squaredDistances(
  { width, height, data }: Mask,
  spacing: readonly [row: number, column: number] = [1, 1],
): Float64Array {
  const squared = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) squared[i] = data[i] === 1 ? 0 : Infinity;
  const scratch = new Scratch(Math.max(width, height));
  for (let x = 0; x < width; x++) transformLine(squared, x, width, height, spacing[0], scratch);
  for (let y = 0; y < height; y++) transformLine(squared, y * width, 1, width, spacing[1], scratch);
  return squared;
}

/**
 * Of every set pixel the distance from its centre to that of the nearest pixel that is not set, in pixels;
 * 0 for those. What lies beyond the image is not set.
 */
export function depthsOf({ width, height, data }: Mask): Float64Array {
  const [paddedWidth, paddedHeight] = [width + 2, height + 2];
  const outside = new Uint8Array(paddedWidth * paddedHeight).fill(1);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[y * width + x] === 1) outside[(y + 1) * paddedWidth + x + 1] = 0;
    }
  }
  const squared = squaredDistances({ width: paddedWidth, height: paddedHeight, data: outside });
  const depths = new Float64Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      depths[y * width + x] = Math.sqrt(squared[(y + 1) * paddedWidth + x + 1]);
    }
  }
  return depths;
}

/** Room for one line, used again for the next. */
class Scratch {
  readonly values: Float64Array;
  /** Which place each parabola of the envelope stands at, and from where on it is the lowest. */
  readonly places: Int32Array;
  readonly starts: Float64Array;

  constructor(length: number) {
    this.values = new Float64Array(length);
    this.places = new Int32Array(length);
    this.starts = new Float64Array(length + 1);
  }
}

/** Replaces the values of a line, `count` of them `stride` apart, by the lowest of their parabolas. */
function transformLine(
  squared: Float64Array,
  first: number,
  stride: number,
  count: number,
  spacing: number,
  { values, places, starts }: Scratch,
): void {
  const weight = spacing * spacing;
  let last = -1;
  for (let q = 0; q < count; q++) {
    const value = squared[first + q * stride];
    values[q] = value;
    // A parabola at infinity is never the lowest, and differences of infinities are no numbers.
    if (value === Infinity) continue;
    // The first one's stays: no other begins before it.
    let start = -Infinity;
    while (last >= 0) {
      const p = places[last];
      start = ((value - values[p]) / weight + q * q - p * p) / (2 * (q - p));
      if (start > starts[last]) break;
      last--;
    }
    last++;
    places[last] = q;
    starts[last] = start;
  }
  if (last < 0) return;
  let at = 0;
  for (let q = 0; q < count; q++) {
    while (at < last && starts[at + 1] <= q) at++;
    const p = places[at];
    squared[first + q * stride] = weight * (q - p) * (q - p) + values[p];
  }
}
