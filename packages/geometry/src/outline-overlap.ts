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

/** Two objects' masks of one size, as much of the image as holds them. */
export interface OverlaidMasks {
  readonly drawn: Mask;
  readonly found: Mask;
}

/** IoU of two drawn objects, whose polygons are unions. Zero where one of them is empty. */
export function polygonsIou(
  one: readonly Polygon[],
  other: readonly Polygon[],
  size: ImageSize,
): number {
  return iouOf(masksWithin(one, other, size, rasterizeWindow));
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
  return iouOf(outlineMasks(drawn, traced, size));
}

/** The masks of both; null where one has no outline, or nothing of either lies on the image. */
export function outlineMasks(
  drawn: readonly Polygon[],
  traced: readonly Polygon[],
  size: ImageSize,
): OverlaidMasks | null {
  return masksWithin(drawn, traced, size, fillOutlinesInWindow);
}

function iouOf(masks: OverlaidMasks | null): number {
  return masks === null ? 0 : maskIou(masks.drawn, masks.found);
}

function masksWithin(
  drawn: readonly Polygon[],
  found: readonly Polygon[],
  size: ImageSize,
  fillFound: (polygons: readonly Polygon[], window: PixelWindow) => Mask,
): OverlaidMasks | null {
  if (drawn.length === 0 || found.length === 0) return null;
  const around = unionBoxes(polygonBounds(...drawn), polygonBounds(...found));
  // Whole pixels and one more: outside there is nothing of either mask.
  const [x, y] = [Math.max(0, Math.floor(around[0]) - 1), Math.max(0, Math.floor(around[1]) - 1)];
  const width = Math.min(size.width, Math.ceil(around[2]) + 1) - x;
  const height = Math.min(size.height, Math.ceil(around[3]) + 1) - y;
  if (width <= 0 || height <= 0) return null;
  const window = { x, y, width, height };
  return { drawn: rasterizeWindow(drawn, window), found: fillFound(found, window) };
}
