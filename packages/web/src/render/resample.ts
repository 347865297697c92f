/**
 * The grey values of a view's pixels, before any window: what the table renderer looks up, and what
 * the WebGL renderer's shader computes in the same whole numbers.
 */
import { type AxisSampling, type Sampling, shownRange } from "./sampling.ts";

/** The part of a view that shows the radiograph, row by row. */
export interface VisiblePixels {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint16Array;
}

/** `store` is filled and used again where it is large enough. */
export function resample(
  sampling: Sampling,
  viewWidth: number,
  viewHeight: number,
  store?: Uint16Array,
): VisiblePixels {
  const { level, smooth } = sampling;
  const [left, right] = shownRange(sampling.x, viewWidth);
  const [top, bottom] = shownRange(sampling.y, viewHeight);
  const width = right - left;
  const height = bottom - top;
  const size = width * height;
  const pixels = store !== undefined && store.length >= size ? store : new Uint16Array(size);
  const columns = places(sampling.x, left, right, level.width, smooth);
  const rows = places(sampling.y, top, bottom, level.height, smooth);
  const source = level.pixels;
  let out = 0;
  for (let y = 0; y < height; y++) {
    const upper = rows.first[y] * level.width;
    const lower = rows.second[y] * level.width;
    const down = rows.weight[y];
    const up = 256 - down;
    for (let x = 0; x < width; x++) {
      const a = columns.first[x];
      const b = columns.second[x];
      const right256 = columns.weight[x];
      const left256 = 256 - right256;
      const above = source[upper + a] * left256 + source[upper + b] * right256;
      const below = source[lower + a] * left256 + source[lower + b] * right256;
      // At most 65535 * 65536 + 32768, which an unsigned 32-bit number holds.
      pixels[out++] = (above * up + below * down + 32_768) / 65_536;
    }
  }
  return { left, top, width, height, pixels };
}

/** For each view pixel the two pixels of the level between which it lies, and the second's 256ths. */
function places(
  { base, step }: AxisSampling,
  from: number,
  to: number,
  levelSize: number,
  smooth: boolean,
) {
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
