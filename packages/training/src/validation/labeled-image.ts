/** A radiograph's truths and what the network finds there, as average precision compares them. */

import { type LabeledImage, runsOfOutlines, type TrueObject } from "@malleolus/evaluation";
import { boxArea, encodeRuns, rasterizePolygons } from "@malleolus/geometry";
import { type Detection, toFinding, toRadiograph } from "@malleolus/imaging";
import type { TrainingImage } from "../data-set.ts";

/** `scaleX` and `scaleY`: pixels of the network's image per pixel of the radiograph. */
export function labeledImage(
  image: TrainingImage,
  found: readonly Detection[],
  classes: readonly string[],
  { scaleX, scaleY }: { readonly scaleX: number; readonly scaleY: number },
): LabeledImage {
  const { width, height } = image;
  const instances = toRadiograph(found, image, scaleX, scaleY);
  const unmeasured = { pixelSpacingMm: null, spacingSource: "none" } as const;
  return {
    truths: truthsOf(image, classes),
    detections: instances.map((instance) => {
      const { class: name, score, box, polygons } = toFinding(instance, classes, unmeasured);
      return {
        class: name,
        score,
        box,
        boxArea: boxArea(box),
        mask: runsOfOutlines(polygons, width, height),
      };
    }),
  };
}

function truthsOf(image: TrainingImage, classes: readonly string[]): TrueObject[] {
  const { objects, width, height } = image;
  return objects.map(({ class: index, box, boxSize, area, isCrowd, runs, polygons }) => ({
    class: classes[index],
    box,
    boxArea: boxSize[0] * boxSize[1],
    mask: runs ?? encodeRuns(rasterizePolygons(polygons, width, height)),
    area,
    isCrowd,
  }));
}
