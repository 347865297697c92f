/**
 * Outlines with holes back to masks: the way back from `traceMask`, and from outlines of a finding whose
 * points no longer lie on pixel borders.
 *
 * Other than in `rasterize.ts`, where several polygons are a union, one that turns the other way round
 * (negative signed area) is a hole.
 */
import { emptyMask, type Mask } from "./mask.ts";
import { type Polygon, polygonSignedArea } from "./polygon.ts";
import { type PixelWindow, rasterizeWindow } from "./rasterize.ts";
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
    const filled = rasterizeWindow([outline], window).data;
    const value = area < 0 ? 0 : 1;
    for (let i = 0; i < filled.length; i++) if (filled[i] === 1) mask.data[i] = value;
  }
  return mask;
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
