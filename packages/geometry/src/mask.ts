/**
 * Binary masks: rasters whose pixels are 0 or 1, row by row.
 *
 * Not here: how polygons become masks (`rasterize.ts`), how masks become polygons
 * (`trace.ts`), their connected parts (`components.ts`), and their compressed form (`run-length.ts`).
 */
import type { Box } from "./box.ts";

export interface Mask {
  readonly width: number;
  readonly height: number;
  /** `height * width` values 0 or 1, row-major: pixel (x, y) is `data[y * width + x]`. */
  readonly data: Uint8Array;
}

/** A mask without a set pixel. */
export function emptyMask(width: number, height: number): Mask {
  return { width, height, data: new Uint8Array(width * height) };
}

/** Number of set pixels. */
export function maskArea(mask: Mask): number {
  let area = 0;
  const { data } = mask;
  // By index: an iterator costs several times as much.
  for (let i = 0; i < data.length; i++) area += data[i];
  return area;
}

/** The smallest box around the set pixels, `x2` and `y2` exclusive; `[0, 0, 0, 0]` without any. */
export function maskBounds(mask: Mask): Box {
  const { width, height, data } = mask;
  let [x1, y1, x2, y2] = [width, height, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[y * width + x] === 0) continue;
      if (x < x1) x1 = x;
      if (x >= x2) x2 = x + 1;
      if (y < y1) y1 = y;
      y2 = y + 1;
    }
  }
  return x2 === 0 ? [0, 0, 0, 0] : [x1, y1, x2, y2];
}

/** A part of a mask: what its pixel (0, 0) is in the whole. */
export interface MaskPart {
  readonly mask: Mask;
  readonly x: number;
  readonly y: number;
}

/**
 * Overlap of two masks as a share of their union, in [0, 1]. Zero if both are empty.
 *
 * @throws RangeError where the sizes differ.
 */
export function maskIou(a: Mask, b: Mask): number {
  if (a.width !== b.width || a.height !== b.height) {
    throw new RangeError(
      `maskIou: expected two masks of one size, got ${a.width} x ${a.height} and ${b.width} x ${b.height}`,
    );
  }
  let intersection = 0;
  let union = 0;
  for (let i = 0; i < a.data.length; i++) {
    intersection += a.data[i] & b.data[i];
    union += a.data[i] | b.data[i];
  }
  return union === 0 ? 0 : intersection / union;
}
