/**
 * Radiographs to a batch, as the network takes it: three channels, the mean subtracted, padded with zeros
 * after that (Detectron2, structures/image_list.py).
 *
 * Not here: decoding (`data`), resizing, and what the channels hold (`imaging`).
 */

import { type NetworkImage, writeChannels } from "@malleolus/imaging";
import type { MaskRcnnConfig } from "@malleolus/schema";
import { type Device, fromTypedArray, scope, type Tensor } from "@malleolus/torch";
import { ModelError } from "../errors.ts";

export interface ImageBatch {
  /** [N, 3, H, W], float32, channels-last. */
  readonly tensor: Tensor;
  /** The size of each image without its padding, at the top left. */
  readonly sizes: readonly (readonly [height: number, width: number])[];
}

export interface BatchOptions {
  /** Default `cpu`. */
  readonly device?: Device;
  /** Height and width of the batch become multiples of it; default 32. */
  readonly divisibility?: number;
  /** Default Detectron2's. */
  readonly pixelMean?: readonly [blue: number, green: number, red: number];
  /** The least size before it is made a multiple: that of a larger batch of which these images are a share. */
  readonly atLeast?: { readonly height: number; readonly width: number };
  /** Default `gray`. */
  readonly channels?: MaskRcnnConfig["channels"];
}

/**
 * One batch of some images, as large as the largest height and the largest width, and as `atLeast`.
 *
 * @throws ModelError `input` for no image, or one whose pixels do not fill its size.
 */
export function batchImages(
  images: readonly NetworkImage[],
  options: BatchOptions = {},
): ImageBatch {
  const { device = "cpu", divisibility = 32, pixelMean = [103.53, 116.28, 123.675] } = options;
  const { channels = "gray", atLeast = { height: 0, width: 0 } } = options;
  if (images.length === 0) throw new ModelError("input", "batchImages: expected an image");
  images.forEach(checkImage);
  const height = roundUp(
    Math.max(atLeast.height, ...images.map((image) => image.height)),
    divisibility,
  );
  const width = roundUp(
    Math.max(atLeast.width, ...images.map((image) => image.width)),
    divisibility,
  );

  // Written channels-last, so that the permutation below is a view of the right layout.
  const data = new Float32Array(images.length * height * width * 3);
  images.forEach((image, slot) => {
    const into = data.subarray(slot * height * width * 3);
    const layout = { pixelStep: 3, rowStep: width * 3, channelStep: 1 };
    writeChannels(image, { pixelMean, channels }, into, layout);
  });
  return {
    tensor: scope(() =>
      fromTypedArray(data, [images.length, height, width, 3], { device }).permute([0, 3, 1, 2]),
    ),
    sizes: images.map((image) => [image.height, image.width]),
  };
}

function checkImage(image: NetworkImage, slot: number): void {
  const { width, height, pixels } = image;
  if (width > 0 && height > 0 && pixels.length === width * height) return;
  throw new ModelError(
    "input",
    `batchImages: expected ${width} x ${height} pixels in image ${slot}, got ${pixels.length}`,
  );
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
