/**
 * Axis-aligned boxes, in image pixels.
 *
 * `x2` and `y2` are exclusive: a box around one pixel has area 1. This is COCO's
 * and torchvision's convention; the older "+1" convention is used nowhere.
 */
export type Box = readonly [x1: number, y1: number, x2: number, y2: number];

/** Width in pixels; zero for a box that is inside out. */
export function boxWidth(box: Box): number {
  return Math.max(0, box[2] - box[0]);
}

/** Height in pixels; zero for a box that is inside out. */
export function boxHeight(box: Box): number {
  return Math.max(0, box[3] - box[1]);
}

/** Area in square pixels; zero for a box that is empty or inside out. */
export function boxArea(box: Box): number {
  return boxWidth(box) * boxHeight(box);
}

/** The part that two boxes share. Its area is zero when they share none. */
export function intersectBoxes(a: Box, b: Box): Box {
  return [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
}

/** The smallest box around two boxes. */
export function unionBoxes(a: Box, b: Box): Box {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}

/** Overlap of two boxes as a share of their union, in [0, 1]. Zero if both are empty. */
export function boxIou(a: Box, b: Box): number {
  const intersection = boxArea(intersectBoxes(a, b));
  const union = boxArea(a) + boxArea(b) - intersection;
  return union === 0 ? 0 : intersection / union;
}

/** The box moved inside an image: every coordinate within [0, width] or [0, height]. */
export function clipBox(box: Box, width: number, height: number): Box {
  return [clamp(box[0], width), clamp(box[1], height), clamp(box[2], width), clamp(box[3], height)];
}

/** From COCO's `[x, y, width, height]`. */
export function boxFromXywh(xywh: readonly [number, number, number, number]): Box {
  const [x, y, width, height] = xywh;
  return [x, y, x + width, y + height];
}

/** To COCO's `[x, y, width, height]`. */
export function boxToXywh(box: Box): [x: number, y: number, width: number, height: number] {
  return [box[0], box[1], box[2] - box[0], box[3] - box[1]];
}

/** The box in an image resampled by `scaleX` and `scaleY`. */
export function scaleBox(box: Box, scaleX: number, scaleY: number): Box {
  return [box[0] * scaleX, box[1] * scaleY, box[2] * scaleX, box[3] * scaleY];
}

/** The box moved by `dx` and `dy`. */
export function translateBox(box: Box, dx: number, dy: number): Box {
  return [box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy];
}

/** The box in an image of the given width mirrored left to right. */
export function flipBox(box: Box, width: number): Box {
  return [width - box[2], box[1], width - box[0], box[3]];
}

function clamp(value: number, limit: number): number {
  return Math.min(Math.max(value, 0), limit);
}
