/**
 * Cropping. The window is drawn as Detectron2's `RandomCrop` of type `relative_range` draws it
 * (data/transforms/augmentation_impl.py): height and width each a share between the least one and
 * 1, the place uniform. Unlike there, images without objects may be cropped.
 */
import { type Box, translatePolygon } from "@malleolus/geometry";
import { clipTarget } from "./clip-target.ts";
import type { Sample } from "./sample.ts";

/** A window of whole pixels. `leastShare` is the least share of a side that stays, above 0 to 1. */
export function sampleCrop(
  width: number,
  height: number,
  leastShare: number,
  random: () => number,
): Box {
  const side = (length: number) =>
    Math.max(1, Math.floor(length * (leastShare + random() * (1 - leastShare)) + 0.5));
  const [cropHeight, cropWidth] = [side(height), side(width)];
  const y = Math.floor(random() * (height - cropHeight + 1));
  const x = Math.floor(random() * (width - cropWidth + 1));
  return [x, y, x + cropWidth, y + cropHeight];
}

/** What lies in a window of whole pixels inside the image; objects as `clipTarget` says. */
export function crop({ image, target }: Sample, window: Box): Sample {
  const [x1, y1, x2, y2] = window;
  const [width, height] = [x2 - x1, y2 - y1];
  const pixels = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const start = (y + y1) * image.width + x1;
    pixels.set(image.pixels.subarray(start, start + width), y * width);
  }
  return {
    image: { width, height, pixels },
    target: clipTarget(target, [0, 0, width, height], (polygon) =>
      translatePolygon(polygon, -x1, -y1),
    ),
  };
}
