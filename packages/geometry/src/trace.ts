/**
 * Masks to polygons: outlines along pixel borders, exact, so that filling them gives the mask
 * back. (d3-contour and marching squares run through pixel centres and lose half a pixel.)
 */
import type { Mask } from "./mask.ts";
import type { Polygon } from "./polygon.ts";

/** Right, down, left, up: clockwise on a screen. */
const STEPS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/**
 * The outlines of a mask, ordered by their topmost row, then leftmost column.
 *
 * Outer outlines have positive signed area (clockwise on a screen), holes negative; the signed
 * areas sum to the number of set pixels. Pixels that touch at a corner only belong to different
 * outlines (4-connected). Points stand where the direction changes.
 */
export function traceMask(mask: Mask): Polygon[] {
  const { width, height, data } = mask;
  const isSet = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && data[y * width + x] === 1;
  const outlines: Polygon[] = [];
  const seen = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // Every outline has an edge that runs right along the top of a set pixel.
      if (isSet(x, y) && !isSet(x, y - 1) && seen[y * width + x] === 0) {
        outlines.push(followOutline(x, y, width, isSet, seen));
      }
    }
  }
  return outlines;
}

/** Walks along the border from the top left corner of pixel (x, y), set pixels to the right. */
function followOutline(
  startX: number,
  startY: number,
  width: number,
  isSet: (x: number, y: number) => boolean,
  seen: Uint8Array,
): Polygon {
  const points: number[] = [];
  let [x, y, heading] = [startX, startY, 0];
  do {
    if (heading === 0) seen[y * width + x] = 1;
    const [dx, dy] = STEPS[heading];
    x += dx;
    y += dy;
    // The two pixels ahead of the corner (x, y), left and right of the heading.
    const left = isSet(x + (dx + dy - 1) / 2, y + (dy - dx - 1) / 2);
    const right = isSet(x + (dx - dy - 1) / 2, y + (dy + dx - 1) / 2);
    const turn = !right ? 1 : left ? 3 : 0;
    if (turn !== 0) points.push(x, y);
    heading = (heading + turn) % 4;
  } while (x !== startX || y !== startY || heading !== 0);
  return points;
}
