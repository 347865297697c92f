/** The border of a union of polygons: a band of an open line is made of parts that overlap. */
import {
  type Polygon,
  polygonBounds,
  rasterizeWindow,
  traceMask,
  translatePolygon,
} from "@malleolus/geometry";

/** One polygon is its own border; that of several runs along the pixels that they cover. */
export function borderOf(polygons: readonly Polygon[]): Polygon[] {
  if (polygons.length === 1) return [...polygons];
  const [x1, y1, x2, y2] = polygonBounds(...polygons);
  const [x, y] = [Math.floor(x1), Math.floor(y1)];
  const window = { x, y, width: Math.ceil(x2) - x + 1, height: Math.ceil(y2) - y + 1 };
  return traceMask(rasterizeWindow(polygons, window)).map((ring) => translatePolygon(ring, x, y));
}
