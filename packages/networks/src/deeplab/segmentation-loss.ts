/**
 * What a segmentation is trained with: cross-entropy with a weight for every class, and soft Dice
 * (Milletari et al. 2016) for the structures. Cross-entropy alone is content with no fracture
 * anywhere, which is wrong at a thousandth of the pixels; Dice counts a structure's own pixels.
 *
 * Shapes: logits [N, K + 1, H, W], K structures and the background.
 */
import type { LabelMap } from "@malleolus/imaging";
import type { SegmentationLossConfig } from "@malleolus/schema";
import { add, crossEntropyLoss, fromTypedArray, stack, type Tensor, zeros } from "@malleolus/torch";
import { ModelError } from "../errors.ts";
import type { ImageBatch } from "../input/image-batch.ts";
import { undividedBatch, type WholeBatch } from "../whole-batch.ts";
import { IGNORED } from "./structures.ts";

/** Scalars in float32, weighted: their sum is what training minimises. */
export interface SegmentationLosses {
  readonly crossEntropy: Tensor;
  readonly dice: Tensor;
}

/** LibTorch's number for a sum. */
const SUM = 2;

/**
 * The cross-entropy is the mean over all labeled pixels, not LibTorch's, which divides by the
 * weights that are there: a radiograph with a fracture would then count no more than one without.
 */
export function segmentationLosses(
  logits: Tensor,
  labels: Tensor,
  labeled: number,
  config: Omit<SegmentationLossConfig, "prevalencePower">,
  whole: WholeBatch = undividedBatch,
): SegmentationLosses {
  const { classWeights, diceWeight } = config;
  const exact = logits.to("float32");
  const weight = fromTypedArray(Float32Array.from(classWeights), [classWeights.length], {
    device: logits.device,
  });
  const options = { weight, reduction: SUM, ignoreIndex: IGNORED };
  const [labeledInAll] = whole.sum([labeled]);
  return {
    crossEntropy: crossEntropyLoss(exact, labels, options).div(Math.max(labeledInAll, 1)),
    dice: whole.divided(diceLoss(exact, labels, whole).mul(diceWeight)),
  };
}

/**
 * 1 less the mean of every structure's Dice over all pixels of the batch, as far as it is there: for
 * one that is not, Dice is 0 whatever is predicted, and false positives are the cross-entropy's business.
 */
function diceLoss(logits: Tensor, labels: Tensor, whole: WholeBatch): Tensor {
  const { device } = logits;
  const [, channels] = logits.shape;
  const probabilities = logits.softmax(1);
  const isLabeled = labels.ne(IGNORED).to("float32"); // [N, H, W]
  if (channels === 1) return zeros([], { device });
  const sums = Array.from({ length: channels - 1 }, (_, index) => {
    const truth = labels.eq(index).to("float32");
    const own = probabilities.select(1, index);
    return stack([own.mul(truth).sum(), own.mul(isLabeled).sum(), truth.sum()]);
  });
  const totals = whole.total(stack(sums)); // [K, 3]
  const parts = sums.map((_, index) => {
    const [inBoth, found, area] = [0, 1, 2].map((which) =>
      totals.select(0, index).select(0, which),
    );
    const dice = inBoth.mul(2).div(found.add(area).clamp({ min: 1e-6 }));
    const isThere = area.gt(0).to("float32");
    return { lost: dice.neg().add(1).mul(isThere), isThere };
  });
  const none = zeros([], { device });
  const lost = parts.reduce((sum, part) => add(sum, part.lost), none);
  const there = parts.reduce((sum, part) => add(sum, part.isThere), none);
  return lost.div(there.clamp({ min: 1 }));
}

/**
 * Label maps as one tensor, int64 [N, H, W]; a batch's padding is not learned from. Also how many
 * pixels are labeled.
 *
 * @throws ModelError `input` where a map is not of its image's size, or a label is none.
 */
export function labelTensor(
  maps: readonly LabelMap[],
  images: ImageBatch,
  structures: number,
): { labels: Tensor; labeled: number } {
  const [count, , rows, columns] = images.tensor.shape;
  const data = new Uint8Array(count * rows * columns).fill(IGNORED);
  let labeled = 0;
  images.sizes.forEach(([height, width], slot) => {
    const map = maps[slot];
    if (map?.width !== width || map.height !== height || map.data.length !== width * height) {
      throw new ModelError(
        "input",
        `losses: expected labels of ${width} x ${height} for image ${slot}, ` +
          `got ${map === undefined ? "none" : `${map.width} x ${map.height}`}; paint them at the image's size`,
      );
    }
    for (const label of map.data) {
      if (label === IGNORED) continue;
      if (label > structures) {
        throw new ModelError(
          "input",
          `losses: expected labels up to ${structures} or ${IGNORED} in image ${slot}, got ${label}; ` +
            "paint them with the structures of the network",
        );
      }
      labeled++;
    }
    for (let y = 0; y < height; y++) {
      data.set(map.data.subarray(y * width, (y + 1) * width), (slot * rows + y) * columns);
    }
  });
  const { device } = images.tensor;
  return { labels: fromTypedArray(data, [count, rows, columns], { device }).to("int64"), labeled };
}
