/**
 * The loss of the mask head: the true outline, moved and stretched with its region onto the head's grid
 * (Detectron2, modeling/roi_heads/mask_head.py and structures/masks.py).
 */
import { rasterizePolygonsInBox } from "@malleolus/geometry";
import type { Target } from "@malleolus/imaging";
import { binaryCrossEntropyWithLogits, fromTypedArray, type Tensor } from "@malleolus/torch";
import { objectsOf } from "./box-losses.ts";
import type { RegionSample } from "./region-sampling.ts";

/**
 * The regions with a mask to learn, by rising index: objects whose truth has an outline. An
 * object that was annotated with a box only teaches the box head.
 */
export function maskedRegions(
  sample: RegionSample,
  targets: readonly Pick<Target, "polygons">[],
  classCount: number,
): Int32Array {
  const { images } = sample.regions;
  return objectsOf(sample, classCount).filter(
    (region) => targets[images[region]].polygons[sample.truths[region]].length > 0,
  );
}

/**
 * Mean binary cross entropy over the cells of the true class's channel; 0, and still connected
 * with the parameters, where there is no region. A scalar, float32.
 *
 * @param logits [n, K, M, M] of the regions `masked`
 */
export function maskLoss(
  logits: Tensor,
  masked: Int32Array,
  sample: RegionSample,
  targets: readonly Pick<Target, "polygons">[],
): Tensor {
  const [count, classCount, size] = logits.shape;
  if (masked.length === 0) return logits.to("float32").sum().mul(0);
  const { device } = logits;
  const rows = masked.map((region, i) => i * classCount + sample.classes[region]);
  const found = logits
    .reshape([count * classCount, size, size])
    .indexSelect(0, fromTypedArray(rows, [rows.length], { device }).to("int64"))
    .to("float32");
  const wanted = fromTypedArray(maskTargets(masked, sample, targets, size), found.shape, {
    device,
  });
  return binaryCrossEntropyWithLogits(found, wanted);
}

/** The outline of each region's truth on the grid of the region. [n * size * size], 0 or 1 */
export function maskTargets(
  masked: Int32Array,
  sample: RegionSample,
  targets: readonly Pick<Target, "polygons">[],
  size: number,
): Float32Array {
  const { boxes, images } = sample.regions;
  const cells = new Float32Array(masked.length * size * size);
  masked.forEach((region, i) => {
    const polygons = targets[images[region]].polygons[sample.truths[region]];
    const at = region * 4;
    const mask = rasterizePolygonsInBox(
      polygons,
      [boxes[at], boxes[at + 1], boxes[at + 2], boxes[at + 3]],
      size,
    );
    cells.set(mask, i * size * size);
  });
  return cells;
}
