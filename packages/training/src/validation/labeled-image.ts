/** A radiograph's truths and what the network finds there, as average precision compares them. */

import { type LabeledImage, runsOfOutlines, trueObject } from "@malleolus/evaluation";
import { boxArea } from "@malleolus/geometry";
import { type Detection, shownByName, toFinding, toRadiograph } from "@malleolus/imaging";
import type { TrainingImage } from "../data-set.ts";

/** `scaleX` and `scaleY`: pixels of the network's image per pixel of the radiograph. `shown`: what an image head says [K]. */
export function labeledImage(
  image: TrainingImage,
  found: readonly Detection[],
  classes: readonly string[],
  { scaleX, scaleY }: { readonly scaleX: number; readonly scaleY: number },
  shown: Float32Array | null,
): LabeledImage {
  const { width, height } = image;
  const instances = toRadiograph(found, image, scaleX, scaleY);
  const unmeasured = { pixelSpacingMm: null, spacingSource: "none" } as const;
  return {
    shown: shown === null ? null : shownByName(shown, classes),
    truths: image.objects.map((object) =>
      trueObject({ ...object, class: classes[object.class] }, image),
    ),
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
