/** A radiograph at the sizes of the preliminary networks, and what is kept of it besides. */
import type { Radiograph } from "@malleolus/data";
import { prepareImage } from "@malleolus/imaging";
import type { Preprocess } from "@malleolus/schema";
import type { PreparedRadiograph } from "./messages.ts";

/** `sizes` are each network's. */
export function prepareRadiograph(
  radiograph: Radiograph,
  sizes: readonly Preprocess[],
): PreparedRadiograph {
  const { width, height, pixelSpacingMm, view, side } = radiograph;
  const images = sizes.map((preprocess) => prepareImage(radiograph, preprocess).image);
  return { width, height, pixelSpacingMm, view, side, images };
}
