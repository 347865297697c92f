/** Mirroring left to right: a left ankle becomes a right one. */

import { flipBox, flipPolygon } from "@malleolus/geometry";
import { mirrorImage } from "@malleolus/imaging";
import type { Sample } from "./sample.ts";

export function flipHorizontally({ image, target }: Sample): Sample {
  const { width } = image;
  return {
    image: mirrorImage(image),
    target: {
      boxes: target.boxes.map((box) => flipBox(box, width)),
      classes: target.classes,
      polygons: target.polygons.map((outlines) =>
        outlines.map((polygon) => flipPolygon(polygon, width)),
      ),
    },
  };
}
