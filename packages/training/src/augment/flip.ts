/** Mirroring left to right: a left ankle becomes a right one. */
import { flipBox, flipPolygon } from "@malleolus/geometry";
import type { Sample } from "./sample.ts";

export function flipHorizontally({ image, target }: Sample): Sample {
  const { width, height } = image;
  const pixels = new Float32Array(image.pixels.length);
  for (let y = 0; y < height; y++) {
    pixels.set(image.pixels.slice(y * width, (y + 1) * width).reverse(), y * width);
  }
  return {
    image: { width, height, pixels },
    target: {
      boxes: target.boxes.map((box) => flipBox(box, width)),
      classes: target.classes,
      polygons: target.polygons.map((outlines) =>
        outlines.map((polygon) => flipPolygon(polygon, width)),
      ),
    },
  };
}
