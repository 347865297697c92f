/** Outlines as DICOM's graphics take them: closed, and in few enough points. */
import { type Box, type Polygon, simplifyPolygon } from "@malleolus/geometry";

/**
 * Points of a graphic, two FL each: an element of a short length holds no more than 65,534 bytes. One
 * point is kept free, to close the outline.
 */
const MOST_POINTS = 8190;

/**
 * `x, y, x, y, …` in pixels of the image, whose first pixel begins at 0, 0 in DICOM as it does here
 * (PS3.3 C.18.6.1.1 and C.10.5.1.2); the last point is the first. An outline of too many points loses
 * those that matter least.
 */
export function closedPoints(polygon: Polygon): number[] {
  let fewer = polygon;
  for (let tolerance = 0.5; fewer.length / 2 > MOST_POINTS; tolerance *= 2) {
    fewer = simplifyPolygon(polygon, tolerance);
  }
  return [...fewer, fewer[0], fewer[1]];
}

/** The box's corners, clockwise, and the first once more. */
export function boxPoints([x1, y1, x2, y2]: Box): number[] {
  return [x1, y1, x2, y1, x2, y2, x1, y2, x1, y1];
}
