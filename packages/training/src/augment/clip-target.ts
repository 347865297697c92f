/** What is left of a truth in a part of its image, or after its image has moved. */
import type { Target } from "@malleolus/detection";
import {
  type Box,
  boxHeight,
  boxWidth,
  clipPolygon,
  type Polygon,
  polygonArea,
  polygonBounds,
} from "@malleolus/geometry";

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
      .filter((polygon) => polygonArea(polygon) > 0);
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
