/**
 * Polygons to masks, by the rule of the COCO API, so that masks and scores agree with it
 * bit for bit.
 *
 * The rule (`rleFrPoly` of cocodataset/cocoapi, common/maskApi.c; written anew here): points
 * are rounded to a grid five times finer than the pixels, and the outline is walked on that
 * grid, one step along the longer axis of an edge at a time. Wherever a step crosses the centre
 * line of a pixel column, the column changes between outside and inside, from the first row
 * whose centre lies below the upper end of the step. Rounding is C's: towards zero after adding
 * a half, which differs from `Math.round` for negative coordinates.
 *
 * Compared with the COCO API's own output in `golden/coco-masks.json`.
 */
import { type Box, boxHeight, boxWidth } from "./box.ts";
import { emptyMask, type Mask } from "./mask.ts";
import type { Polygon } from "./polygon.ts";

const FINE = 5;

/** Whole pixels of an image: `x` and `y` of its first, and how many. */
export interface PixelWindow {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The union of the polygons as a mask of `width` x `height`; parts outside are cut off.
 *
 * @throws RangeError for a polygon with an odd number of coordinates, and for a coordinate that is
 *   no number or further away than any image is wide.
 */
export function rasterizePolygons(
  polygons: readonly Polygon[],
  width: number,
  height: number,
): Mask {
  return rasterizeWindow(polygons, { x: 0, y: 0, width, height });
}

/**
 * The part of the same mask that lies in a window, pixel for pixel. Polygons that were moved instead
 * would round to other points of the fine grid.
 *
 * @throws RangeError as `rasterizePolygons` does.
 */
export function rasterizeWindow(polygons: readonly Polygon[], window: PixelWindow): Mask {
  const { width, height } = window;
  const mask = emptyMask(width, height);
  // One row more than the mask: a change at `height` lies below the column and is never filled.
  const changes = new Uint8Array((height + 1) * width);
  for (const polygon of polygons) {
    checkPolygon(polygon);
    changes.fill(0);
    markColumnChanges(polygon, window, changes);
    fillBetweenChanges(changes, mask);
  }
  return mask;
}

/**
 * The union of the polygons inside a box, on a grid of `size` x `size`: the target of a mask
 * head. The polygons are moved and stretched so that the box becomes the grid and then
 * rasterised (Detectron2, structures/masks.py: `rasterize_polygons_within_box`).
 *
 * Returns `size * size` values 0 or 1, row-major.
 */
export function rasterizePolygonsInBox(
  polygons: readonly Polygon[],
  box: Box,
  size: number,
): Uint8Array {
  // Detectron2's guard against empty boxes.
  const scaleX = size / Math.max(boxWidth(box), 0.1);
  const scaleY = size / Math.max(boxHeight(box), 0.1);
  const moved = polygons.map((polygon) =>
    polygon.map((v, i) => (i % 2 === 0 ? (v - box[0]) * scaleX : (v - box[1]) * scaleY)),
  );
  return rasterizePolygons(moved, size, size).data;
}

/** In pixels. An outline is walked step by step: one that is further away would take for ever. */
const FURTHEST = 1e8;

/** @throws RangeError as `rasterizePolygons`. */
export function checkPolygon(polygon: Polygon): void {
  if (polygon.length % 2 === 1) {
    throw new RangeError(
      `rasterizePolygons: expected as many y as x, got ${polygon.length} coordinates`,
    );
  }
  const wrong = polygon.findIndex((value) => !(Math.abs(value) <= FURTHEST));
  if (wrong < 0) return;
  throw new RangeError(
    `rasterizePolygons: expected coordinates from -${FURTHEST} to ${FURTHEST}, got ` +
      `${polygon[wrong]} at place ${wrong} of ${polygon.length}`,
  );
}

/** Flips `changes[y * width + x]` wherever the outline crosses the window's column x above row y. */
function markColumnChanges(polygon: Polygon, window: PixelWindow, changes: Uint8Array): void {
  const { width, height } = window;
  let [previousU, previousV] = [Number.NaN, Number.NaN];
  const step = (u: number, v: number): void => {
    if (u !== previousU && !Number.isNaN(previousU)) {
      // The step crosses the line between fine columns `left` and `left + 1`.
      const left = Math.min(u, previousU);
      const column = (left + 0.5) / FINE - 0.5 - window.x;
      if (Number.isInteger(column) && column >= 0 && column < width) {
        const row = (Math.min(v, previousV) + 0.5) / FINE - 0.5 - window.y;
        changes[Math.ceil(Math.min(Math.max(row, 0), height)) * width + column] ^= 1;
      }
    }
    [previousU, previousV] = [u, v];
  };
  for (let i = 0; i < polygon.length; i += 2) {
    const next = (i + 2) % polygon.length;
    walkEdge(
      toFine(polygon[i]),
      toFine(polygon[i + 1]),
      toFine(polygon[next]),
      toFine(polygon[next + 1]),
      step,
    );
  }
}

/** Calls `step` for every fine grid point of an edge, both ends included. */
function walkEdge(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  step: (u: number, v: number) => void,
): void {
  const dx = Math.abs(x2 - x1);
  const dy = Math.abs(y2 - y1);
  const alongX = dx >= dy;
  const length = alongX ? dx : dy;
  if (length === 0) {
    step(x1, y1);
    return;
  }
  // The points of an edge do not depend on its direction: they are computed from its lower end.
  const backwards = alongX ? x1 > x2 : y1 > y2;
  const [ax, ay, bx, by] = backwards ? [x2, y2, x1, y1] : [x1, y1, x2, y2];
  const slope = alongX ? (by - ay) / dx : (bx - ax) / dy;
  for (let i = 0; i <= length; i++) {
    const t = backwards ? length - i : i;
    if (alongX) step(ax + t, Math.trunc(ay + slope * t + 0.5));
    else step(Math.trunc(ax + slope * t + 0.5), ay + t);
  }
}

/** Sets every pixel that lies below an odd number of changes of its column. */
function fillBetweenChanges(changes: Uint8Array, mask: Mask): void {
  const { width, height, data } = mask;
  const inside = new Uint8Array(width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      inside[x] ^= changes[y * width + x];
      data[y * width + x] |= inside[x];
    }
  }
}

function toFine(value: number): number {
  return Math.trunc(FINE * value + 0.5);
}
