/**
 * From a fracture's mask to an outline as people draw them, a polygon of few corners around it, and whether there is anything to
 * see there. Not started by hand.
 */
import {
  emptyMask,
  type Mask,
  maskArea,
  type Polygon,
  polygonArea,
  polygonSignedArea,
  simplifyPolygon,
  squaredDistances,
  traceMask,
} from "@malleolus/geometry";

/** How far a corner may be left out, in pixels. */
const TOLERANCE = 1.2;
const WHITE = 0.97;

/**
 * The largest outline around what lies within `margin` pixels of a mask, cut at the image's border; null for an empty mask.
 */
export function outlineAround(mask: Mask, margin: number): Polygon | null {
  if (maskArea(mask) === 0) return null;
  const { width, height } = mask;
  const grown = emptyMask(width, height);
  const squared = squaredDistances(mask);
  for (let i = 0; i < grown.data.length; i++) grown.data[i] = squared[i] <= margin ** 2 ? 1 : 0;
  const [largest] = traceMask(grown)
    .filter((outline) => polygonSignedArea(outline) > 0)
    .toSorted((one, other) => polygonArea(other) - polygonArea(one));
  return simplifyPolygon(largest, TOLERANCE);
}

/** Whether at least half of what a mask covers is not as white as the picture can be. */
export function isShown(mask: Mask, pixels: Float32Array): boolean {
  let white = 0;
  for (let i = 0; i < pixels.length; i++) if (mask.data[i] === 1 && pixels[i] > WHITE) white++;
  return white < 0.5 * maskArea(mask);
}
