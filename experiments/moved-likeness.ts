/**
 * How far two radiographs show a limb in the same posture: the correlation of their thumbnails, one of them mirrored or
 * turned by half where that is better. Where they are alike, what lies at one place is near the same place of the other. Not
 * started by hand.
 */
import type { DisplayImage } from "@malleolus/imaging";

/** Cells of a radiograph, whatever its sides. */
const [COLUMNS, ROWS] = [20, 24];
/** Of rows and of columns of pixels: a quarter of them has nearly the mean of all. */
const EVERY = 2;

/** Cells with a mean of 0 and a square sum of 1, row by row; null of a radiograph without contrast. */
export type Thumbnail = Float32Array | null;

export interface Likeness {
  /** -1 to 1. */
  readonly correlation: number;
  /** Left to right, before it is turned. */
  readonly isMirrored: boolean;
  readonly isTurned: boolean;
}

export function thumbnailOf({ width, height, pixels }: DisplayImage): Thumbnail {
  const sums = new Float64Array(COLUMNS * ROWS);
  const counts = new Uint32Array(COLUMNS * ROWS);
  const columns = Uint8Array.from({ length: width }, (_, x) => Math.floor((x * COLUMNS) / width));
  for (let y = 0; y < height; y += EVERY) {
    const row = Math.floor((y * ROWS) / height) * COLUMNS;
    for (let x = 0; x < width; x += EVERY) {
      sums[row + columns[x]] += pixels[y * width + x];
      counts[row + columns[x]]++;
    }
  }
  const cells = sums.map((sum, i) => sum / Math.max(counts[i], 1));
  const mean = cells.reduce((sum, value) => sum + value, 0) / cells.length;
  const length = Math.sqrt(cells.reduce((sum, value) => sum + (value - mean) ** 2, 0));
  return length < 1e-3 ? null : Float32Array.from(cells, (value) => (value - mean) / length);
}

/** Of the first, mirrored and turned as is best, to the other. */
export function likenessOf(one: Thumbnail, other: Thumbnail): Likeness {
  let best: Likeness = { correlation: -1, isMirrored: false, isTurned: false };
  if (one === null || other === null) return best;
  for (const [isMirrored, isTurned] of [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const) {
    let correlation = 0;
    for (let y = 0; y < ROWS; y++) {
      const from = (isTurned ? ROWS - 1 - y : y) * COLUMNS;
      for (let x = 0; x < COLUMNS; x++) {
        // Mirrored and then turned by half is upside down.
        const column = isMirrored === isTurned ? x : COLUMNS - 1 - x;
        correlation += one[from + column] * other[y * COLUMNS + x];
      }
    }
    if (correlation > best.correlation) best = { correlation, isMirrored, isTurned };
  }
  return best;
}
