/**
 * The image head: which classes a radiograph shows at all, told from the whole of it. A region's
 * class is decided on what lies in the region; a Weber class depends on where that is on the
 * bone, and "no fracture" is a statement about the image.
 *
 * Not in Detectron2. res5 is averaged and maximised over the cells that hold image, so that neither a
 * batch's padding nor the size of a fracture decides; a hidden layer, and a logit a class. A class
 * has a probability of its own (they need not sum to 1), as multi-label classifiers of radiographs
 * have it: an image may show two classes, or none.
 *
 * Shapes: N images, C channels of res5, D hidden units, K classes.
 */
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
import { stageChannels } from "./backbones/resnet.ts";
import type { MaskRcnnConfig } from "./config.ts";
import type { ImageBatch } from "./images.ts";
import type { Target } from "./targets.ts";

export interface ImageHead {
  readonly fc1: nn.Linear;
  readonly predictor: nn.Linear;
  /** Of every class, before the sigmoid; float32 [N, K]. */
  logits(res5: Tensor, sizes: ImageBatch["sizes"]): Tensor;
}

/** Null where the configuration has none. */
export function imageHead(config: MaskRcnnConfig): ImageHead | null {
  const { imageHead: settings } = config;
  if (settings === null) return null;
  const { res5: channels } = stageChannels(config.backbone);
  const fc1 = nn.fullyConnected({ in: 2 * channels, out: settings.hiddenChannels });
  const predictor = nn.fullyConnected({ in: settings.hiddenChannels, out: config.classes.length });
  nn.normal(predictor.weight, 0.01);
  return {
    fc1,
    predictor,
    logits(res5, sizes) {
      const pooled = stack(sizes.map((size, i) => pooledOver(res5.select(0, i), size)));
      // In float32 also under autocast, as the box head's predictor.
      return autocast(null, () => predictor.forward(fc1.forward(pooled.to("float32")).relu_()));
    },
  };
}

/** Pixels a cell of res5. */
const STRIDE = 32;

/** Mean and maximum of one image's map [C, h, w] over the cells that it reaches. [2C] */
function pooledOver(map: Tensor, [height, width]: readonly [number, number]): Tensor {
  const within = map
    .narrow(1, 0, Math.ceil(height / STRIDE))
    .narrow(2, 0, Math.ceil(width / STRIDE))
    .flatten({ startDim: 1 });
  return cat([within.mean({ dim: [1] }), amax(within, { dim: [1] })]);
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
