/** Test-time augmentation: an image examined as it is and mirrored, and what was found in both fused. */
import { type Examined, fuseMirrored, mirrorImage, type NetworkImage } from "@malleolus/imaging";
import { scope } from "@malleolus/torch";
import { type BatchOptions, batchImages } from "../input/image-batch.ts";
import type { MaskRcnn } from "./mask-rcnn.ts";

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
  return fuseMirrored(seen, mirrored, image.width, model.config.roi.scoreThreshold);
}
