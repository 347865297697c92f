/** Distances on a raster of pixels that may be wider than high, in the unit of their spacing. */
import { type Mask, squaredDistances } from "@malleolus/geometry";

/** How far apart pixels are, in rows and in columns: DICOM's order, in millimetres or in pixels. */
export type PixelSpacing = readonly [row: number, column: number];

/**
 * For every pixel the Euclidean distance of its centre to that of the nearest set pixel, exact; row by
 * row as the mask, infinite everywhere where nothing is set.
 */
export function distancesTo(mask: Mask, spacing: PixelSpacing): Float64Array {
  const distances = squaredDistances(mask, spacing);
  // In place: `map` would take longer than all the rest.
  for (let i = 0; i < distances.length; i++) distances[i] = Math.sqrt(distances[i]);
  return distances;
}
