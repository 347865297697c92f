/** For tests: objects that are octagons, as `tools/golden/coco_average_precision.py` has them. */
import { boxFromXywh, encodeRuns, rasterizePolygons } from "@malleolus/geometry";
import type { DetectedObject, TrueObject } from "./labeled-image.ts";
import { runsArea } from "./run-overlap.ts";

export type Xywh = readonly [x: number, y: number, width: number, height: number];

/** In a square image of `size` pixels; the corners are cut by `cut`. */
function region(size: number, [x, y, width, height]: Xywh, cut: number) {
  const [right, bottom] = [x + width, y + height];
  const octagon = [
    ...[x + cut, y, right - cut, y, right, y + cut, right, bottom - cut],
    ...[right - cut, bottom, x + cut, bottom, x, bottom - cut, x, y + cut],
  ];
  const mask = encodeRuns(rasterizePolygons([octagon], size, size));
  return { box: boxFromXywh([x, y, width, height]), boxArea: width * height, mask };
}

export function truthAt(
  size: number,
  xywh: Xywh,
  options: { readonly class?: string; readonly cut?: number; readonly isCrowd?: boolean } = {},
): TrueObject {
  const own = region(size, xywh, options.cut ?? 0);
  return {
    ...own,
    class: options.class ?? "fracture",
    area: runsArea(own.mask),
    isCrowd: options.isCrowd ?? false,
  };
}

export function detectionAt(
  size: number,
  xywh: Xywh,
  score: number,
  options: { readonly class?: string; readonly cut?: number } = {},
): DetectedObject {
  return {
    ...region(size, xywh, options.cut ?? 0),
    class: options.class ?? "fracture",
    score,
  };
}
