/**
 * The border outside the exposed field. Many storage-phosphor plates and shutters come out white there,
 * and a large white frame moves everything that a network measures over the whole image.
 */

import { connectedRuns } from "@malleolus/geometry";

/** From here on a pixel is white: bones do not get there, and noise does not leave it. */
const WHITE = 0.97;
/** The frame's edge is blurred, so this many more pixels are masked. */
const EDGE_PIXELS = 2;

/**
 * The values with all white that touches the image's border made black; the same array where there
 * is none. `pixels` holds displayed values, row-major, 0 (black) to 1 (white).
 */
export function blackenCollimation(
  pixels: Float32Array,
  width: number,
  height: number,
): Float32Array {
  const white = new Uint8Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) white[i] = pixels[i] < WHITE ? 0 : 1;
  if (!touchesBorder(white, width, height)) return pixels;
  const { rows, starts, ends, parts, areas } = connectedRuns({ width, height, data: white });
  const isOutside = new Uint8Array(areas.length + 1);
  for (let run = 0; run < rows.length; run++) {
    const isAtBorder =
      rows[run] === 0 || rows[run] === height - 1 || starts[run] === 0 || ends[run] === width;
    if (isAtBorder) isOutside[parts[run]] = 1;
  }
  const masked = pixels.slice();
  for (let run = 0; run < rows.length; run++) {
    if (isOutside[parts[run]] === 0) continue;
    const from = Math.max(0, starts[run] - EDGE_PIXELS);
    const to = Math.min(width, ends[run] + EDGE_PIXELS);
    const last = Math.min(height - 1, rows[run] + EDGE_PIXELS);
    for (let y = Math.max(0, rows[run] - EDGE_PIXELS); y <= last; y++) {
      masked.fill(0, y * width + from, y * width + to);
    }
  }
  return masked;
}

function touchesBorder(white: Uint8Array, width: number, height: number): boolean {
  if (white.subarray(0, width).includes(1)) return true;
  if (white.subarray((height - 1) * width).includes(1)) return true;
  for (let y = 0; y < height; y++) {
    if (white[y * width] === 1 || white[(y + 1) * width - 1] === 1) return true;
  }
  return false;
}
