/** Shapes of what the segmentation sees on a radiograph. */
import { guessProjection, outlineStructures } from "@malleolus/imaging";
import { classByHeight } from "./class-by-height.ts";
import type { OutlinedAnkle, SeenToOutline } from "./messages.ts";

export function outlineSeen({
  found,
  structures,
  radiograph,
  heightRule,
}: SeenToOutline): OutlinedAnkle {
  const outlined = outlineStructures(found, structures, radiograph);
  const byHeight =
    heightRule === null ? null : classByHeight(outlined.shapes, radiograph, heightRule);
  const projection = outlined.isLowerLeg
    ? guessProjection(found.labels, structures)
    : { view: null, side: null };
  return { outlined, classByHeight: byHeight, projection };
}
