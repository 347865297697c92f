/**
 * Outlines with holes back to masks: the way back from `traceMask`, and from outlines of a finding whose
 * points no longer lie on pixel borders.
 *
 * Other than in `rasterize.ts`, where several polygons are a union, one that turns the other way round
 * (negative signed area) is a hole.
 */
import { emptyMask, type Mask } from "./mask.ts";
import { type Polygon, polygonSignedArea } from "./polygon.ts";
import { checkPolygon, type PixelWindow, rasterizeWindow } from "./rasterize.ts";
import type { RunLength } from "./run-length.ts";

/**
 * The mask of outlines on an image of `width` x `height`.
 *
 * @throws RangeError as `rasterizePolygons`.
 */
export function fillOutlines(outlines: readonly Polygon[], width: number, height: number): Mask {
  return fillOutlinesInWindow(outlines, { x: 0, y: 0, width, height });
}

/** The part of the same mask that lies in a window, pixel for pixel. */
export function fillOutlinesInWindow(outlines: readonly Polygon[], window: PixelWindow): Mask {
  const mask = emptyMask(window.width, window.height);
  // Larger ones first: a hole is smaller than what it is in, and an island in it smaller still.
  const byArea = outlines
    .map((outline) => ({ outline, area: polygonSignedArea(outline) }))
    .toSorted((a, b) => Math.abs(b.area) - Math.abs(a.area));
  for (const { outline, area } of byArea) {
    checkPolygon(outline);
    // Only where the outline is: most are small in their image.
    const within = windowAround(outline, window);
    if (within === null) continue;
    const { width, height, data } = rasterizeWindow([outline], within);
    const value = area < 0 ? 0 : 1;
    for (let y = 0; y < height; y++) {
      const row = (within.y - window.y + y) * window.width + within.x - window.x;
      for (let x = 0; x < width; x++) if (data[y * width + x] === 1) mask.data[row + x] = value;
    }
  }
  return mask;
}

/** The part of a window in which an outline may have pixels; null where it has none there. */
function windowAround(outline: Polygon, { x, y, width, height }: PixelWindow): PixelWindow | null {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < outline.length; i += 2) {
    left = Math.min(left, outline[i]);
    right = Math.max(right, outline[i]);
    top = Math.min(top, outline[i + 1]);
    bottom = Math.max(bottom, outline[i + 1]);
  }
  // A pixel more on each side: points are rounded to a finer grid.
  const [fromX, fromY] = [Math.max(x, Math.floor(left) - 1), Math.max(y, Math.floor(top) - 1)];
  const [toX, toY] = [
    Math.min(x + width, Math.ceil(right) + 1),
    Math.min(y + height, Math.ceil(bottom) + 1),
  ];
  if (toX <= fromX || toY <= fromY) return null;
  return { x: fromX, y: fromY, width: toX - fromX, height: toY - fromY };
}

/**
 * The run lengths of the same mask, without making it, for outlines that run along pixel borders within
 * the image as `traceMask` draws them: it leaves every horizontal border between a set pixel and one that
 * is not in exactly one outline, so that a column's runs end where such a border crosses it.
 */
export function runsOfOutlines(
  outlines: readonly Polygon[],
  width: number,
  height: number,
): RunLength {
  const changes = new Map<number, number[]>();
  for (const outline of outlines) {
    for (let i = 0; i < outline.length; i += 2) {
      const next = (i + 2) % outline.length;
      if (outline[i + 1] !== outline[next + 1]) continue;
      const [from, to] = [outline[i], outline[next]].toSorted((a, b) => a - b);
      for (let x = from; x < to; x++) {
        const column = changes.get(x) ?? [];
        column.push(outline[i + 1]);
        changes.set(x, column);
      }
    }
  }
  // Places in column-major order at which zeros and ones alternate.
  const places = [...changes.entries()]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([x, rows]) => rows.toSorted((a, b) => a - b).map((y) => x * height + y));
  // A run that ends at a column's foot and goes on at the next one's head is one run.
  const kept: number[] = [];
  for (const place of places) {
    if (kept.at(-1) === place) kept.pop();
    else kept.push(place);
  }
  const counts = [...kept, width * height].map((place, i) => place - (kept[i - 1] ?? 0));
  // `encodeRuns` ends with the last run that has a pixel.
  if (counts.length > 1 && counts.at(-1) === 0) counts.pop();
  return { size: [height, width], counts };
}
