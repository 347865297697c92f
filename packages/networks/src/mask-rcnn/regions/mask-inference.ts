/**
 * The masks of detections: the mask head on the final boxes, and of its channels the one of
 * each detection's class (Detectron2, modeling/roi_heads/mask_head.py: mask_rcnn_inference).
 */

import type { RoiConfig } from "@malleolus/schema";
import { fromTypedArray } from "@malleolus/torch";
import type { Features } from "../features.ts";
import type { DetectedBoxes } from "./box-inference.ts";
import type { MaskHead } from "./mask-head.ts";
import { arrangeRegions } from "./region-pooling.ts";

/** Probabilities, row-major on a grid over the box, [M * M] for each detection of each image. */
export function detectMasks(
  head: MaskHead,
  features: Features,
  found: readonly DetectedBoxes[],
  config: RoiConfig,
): Float32Array[][] {
  const masks: Float32Array[][] = found.map(() => []);
  const regions = arrangeRegions(
    found.map((own) => own.boxes),
    config,
  );
  const { images, places } = regions;
  if (images.length === 0) return masks;
  const logits = head.predict(features, regions); // [n, K, M, M]
  const [count, classCount, size] = logits.shape;
  const rows = places.map((place, i) => i * classCount + found[images[i]].classes[place]);
  const probabilities = logits
    .reshape([count * classCount, size, size])
    .indexSelect(0, fromTypedArray(rows, [count], { device: logits.device }).to("int64"))
    .to("float32")
    .sigmoid()
    .toFloat32Array();
  const cells = size * size;
  places.forEach((place, i) => {
    // A copy of its own: a view would hold, and send between threads, the masks of all.
    masks[images[i]][place] = probabilities.slice(i * cells, (i + 1) * cells);
  });
  return masks;
}
