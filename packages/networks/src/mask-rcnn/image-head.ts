/**
 * The image head: which classes a radiograph shows at all, told from the whole of it. A region's
 * class is decided on what lies in the region, and "no fracture" is a statement about the image.
 *
 * Not in Detectron2. Every map of the pyramid that regions are pooled from is averaged and maximised
 * over the cells that hold image, so that neither a batch's padding nor the size of a fracture decides;
 * each of these is standardised; a hidden layer, and a logit a class. The pyramid, since it is taught
 * by every anchor and region what a fracture looks like where it is. A class has a probability of its
 * own (they need not sum to 1), as multi-label classifiers of radiographs have it: an image may show
 * two classes, or none. Where `weighsScores` is set, it multiplies the scores of what is detected, so that
 * the highest score of an image is the image's, too.
 *
 * Shapes: N images, C channels of the pyramid, D hidden units, K classes.
 */

import type { Target } from "@malleolus/imaging";
import type { MaskRcnnConfig } from "@malleolus/schema";
import {
  amax,
  autocast,
  binaryCrossEntropyWithLogits,
  cat,
  fromTypedArray,
  nn,
  stack,
  type Tensor,
} from "@malleolus/torch";
import type { ImageBatch } from "../input/image-batch.ts";

export interface ImageHead {
  readonly fc1: nn.Linear;
  readonly predictor: nn.Linear;
  /** Of every class, before the sigmoid; float32 [N, K]. `maps` are p2 to p5. */
  logits(maps: readonly Tensor[], sizes: ImageBatch["sizes"]): Tensor;
}

/** Null where the configuration has none. */
export function imageHead(config: MaskRcnnConfig): ImageHead | null {
  const { imageHead: settings } = config;
  if (settings === null) return null;
  const pooledChannels = 2 * STRIDES.length * config.backbone.fpnChannels;
  const fc1 = nn.fullyConnected({ in: pooledChannels, out: settings.hiddenChannels });
  const predictor = nn.fullyConnected({ in: settings.hiddenChannels, out: config.classes.length });
  nn.normal(predictor.weight, 0.01);
  return {
    fc1,
    predictor,
    logits(maps, sizes) {
      const pooled = stack(
        sizes.map((size, i) =>
          cat(
            STRIDES.flatMap((stride, level) => pooledOver(maps[level].select(0, i), size, stride)),
          ),
        ),
      );
      // In float32 also under autocast, as the box head's predictor.
      return autocast(null, () => predictor.forward(fc1.forward(pooled).relu_()));
    },
  };
}

/** Pixels a cell of p2 to p5. */
const STRIDES = [4, 8, 16, 32] as const;

/** Mean and maximum of one image's map [C, h, w] over the cells that it reaches, standardised. [C] each */
function pooledOver(
  map: Tensor,
  [height, width]: readonly [number, number],
  stride: number,
): [mean: Tensor, maximum: Tensor] {
  const within = map
    .narrow(1, 0, Math.ceil(height / stride))
    .narrow(2, 0, Math.ceil(width / stride))
    .flatten({ startDim: 1 });
  return [standardized(within.mean({ dim: [1] })), standardized(amax(within, { dim: [1] }))];
}

/**
 * With a mean of 0 and a variance of 1 over its channels: maxima of the pyramid reach some tens, with
 * which the first steps would drive every hidden unit below zero for good.
 */
function standardized(values: Tensor): Tensor {
  const exact = values.to("float32");
  const centered = exact.sub(exact.mean());
  return centered.mul(centered.square().mean().add(1e-5).rsqrt());
}

/** The mean over images and classes of the cross-entropy against "an object of it is annotated". */
export function imageLoss(logits: Tensor, targets: readonly Target[], weight: number): Tensor {
  const [count, classes] = logits.shape;
  const shown = new Float32Array(count * classes);
  targets.forEach((target, image) => {
    for (const own of target.classes) shown[image * classes + own] = 1;
  });
  const wanted = fromTypedArray(shown, [count, classes], { device: logits.device });
  return binaryCrossEntropyWithLogits(logits, wanted).mul(weight);
}
