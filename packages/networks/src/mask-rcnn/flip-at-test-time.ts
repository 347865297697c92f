/** Test-time augmentation: an image examined as it is and mirrored, and what was found in both fused. */
import {
  fuseDetections,
  mirrorDetection,
  mirrorImage,
  type NetworkImage,
} from "@malleolus/imaging";
import type { Preprocess } from "@malleolus/schema";
import { scope } from "@malleolus/torch";
import { type BatchOptions, batchImages } from "../input/image-batch.ts";
import type { Examined, MaskRcnn } from "./mask-rcnn.ts";

/** What the model sees in an image, in the image's pixels. */
export function examineInViews(
  model: MaskRcnn,
  image: NetworkImage,
  views: Preprocess["views"],
  options: BatchOptions,
): Examined {
  if (views === "one") {
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
