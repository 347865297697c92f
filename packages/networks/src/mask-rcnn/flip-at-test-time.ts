/** Test-time augmentation: an image examined as it is and mirrored, and what was found in both fused. */
import {
  fuseDetections,
  mirrorDetection,
  mirrorImage,
  type NetworkImage,
} from "@malleolus/imaging";
import { scope } from "@malleolus/torch";
import { type BatchOptions, batchImages } from "../input/image-batch.ts";
import type { Examined, MaskRcnn } from "./mask-rcnn.ts";

/** What the model sees in an image, in the image's pixels. */
export function examineWithFlip(
  model: MaskRcnn,
  image: NetworkImage,
  testTimeFlip: boolean,
  options: BatchOptions,
): Examined {
  if (!testTimeFlip) {
    const [seen] = scope(() => model.examine(batchImages([image], options)));
    return seen;
  }
  const [seen, mirrored] = scope(() =>
    model.examine(batchImages([image, mirrorImage(image)], options)),
  );
  const back = mirrored.detections.map((detection) => mirrorDetection(detection, image.width));
  const { scoreThreshold } = model.config.roi;
  const fused = fuseDetections([seen.detections, back]);
  return {
    detections: fused.filter(({ score }) => score > scoreThreshold),
    shown: seen.shown?.map((own, c) => (own + (mirrored.shown?.[c] ?? own)) / 2) ?? null,
  };
}
