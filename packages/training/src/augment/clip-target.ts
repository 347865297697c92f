/** The truth within a part of its image, or after its image has moved. */

import {
  type Box,
  boxHeight,
  boxWidth,
  clipPolygon,
  type Polygon,
  polygonBounds,
} from "@malleolus/geometry";
import type { Target } from "@malleolus/imaging";

/**
 * Moves every outline, cuts it at the window's border and draws boxes anew around what is left. An
 * object of which less than a pixel's width or height is left is dropped.
 */
export function clipTarget(
  target: Target,
  window: Box,
  move: (polygon: Polygon) => Polygon,
): Target {
  const kept = target.polygons.flatMap((outlines, instance) => {
    const polygons = outlines
      .map((polygon) => clipPolygon(move(polygon), window))
      .filter(enclosesSomething);
    const box = polygonBounds(...polygons);
    const isSeen = boxWidth(box) >= 1 && boxHeight(box) >= 1;
    return isSeen ? [{ box, polygons, class: target.classes[instance] }] : [];
  });
  return {
    boxes: kept.map(({ box }) => box),
    classes: kept.map((instance) => instance.class),
    polygons: kept.map(({ polygons }) => polygons),
  };
}

/** Whether its points lie on more than a line: the area of one that crosses itself may add up to 0. */
function enclosesSomething(polygon: Polygon): boolean {
  const [x0, y0] = polygon;
  for (let i = 2; i < polygon.length; i += 2) {
    const next = (i + 2) % polygon.length;
    const [x1, y1] = [polygon[i] - x0, polygon[i + 1] - y0];
    const [x2, y2] = [polygon[next] - x0, polygon[next + 1] - y0];
    if (x1 * y2 !== x2 * y1) return true;
  }
  return false;
}
