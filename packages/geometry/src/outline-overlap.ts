/**
 * Overlap of outlines on the pixels of an image: that of their masks on the whole image, computed where
 * either of them is.
 */
import { unionBoxes } from "./box.ts";
import { fillOutlinesInWindow } from "./fill-outlines.ts";
import { type Mask, maskIou } from "./mask.ts";
import { type Polygon, polygonBounds } from "./polygon.ts";
import { type PixelWindow, rasterizeWindow } from "./rasterize.ts";

interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** IoU of two drawn objects, whose polygons are unions. Zero where one of them is empty. */
export function polygonsIou(
  one: readonly Polygon[],
  other: readonly Polygon[],
  size: ImageSize,
): number {
  return iouWithin(one, other, size, rasterizeWindow);
}

/**
 * IoU of a drawn object, whose polygons are a union, and a traced one, whose holes are holes. Zero where
 * one of them is empty.
 */
export function outlinesIou(
  drawn: readonly Polygon[],
  traced: readonly Polygon[],
  size: ImageSize,
): number {
  return iouWithin(drawn, traced, size, fillOutlinesInWindow);
}

function iouWithin(
  one: readonly Polygon[],
  other: readonly Polygon[],
  size: ImageSize,
  fillOther: (polygons: readonly Polygon[], window: PixelWindow) => Mask,
): number {
  if (one.length === 0 || other.length === 0) return 0;
  const around = unionBoxes(polygonBounds(...one), polygonBounds(...other));
  // Whole pixels and one more: outside there is nothing of either mask.
  const [x, y] = [Math.max(0, Math.floor(around[0]) - 1), Math.max(0, Math.floor(around[1]) - 1)];
  const width = Math.min(size.width, Math.ceil(around[2]) + 1) - x;
  const height = Math.min(size.height, Math.ceil(around[3]) + 1) - y;
  if (width <= 0 || height <= 0) return 0;
  const window = { x, y, width, height };
  return maskIou(rasterizeWindow(one, window), fillOther(other, window));
}
