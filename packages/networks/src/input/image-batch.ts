/**
 * Radiographs to a batch, as the network takes it: three channels in the order blue, green, red, the
 * mean subtracted, padded with zeros after that (Detectron2, structures/image_list.py). They are
 * equal, or hold the radiograph and two bands of its detail.
 *
 * Not here: decoding (`data`) and resizing (`imaging`).
 */

import { detailBand, type NetworkImage } from "@malleolus/imaging";
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
  /** Default `gray`. */
  readonly channels?: MaskRcnnConfig["channels"];
}

/** Second and third channel: the window's radius in pixels, and the factor its detail is multiplied by. */
const BANDS = [
  { radius: 2, gain: 6 },
  { radius: 8, gain: 2.5 },
] as const;

/**
 * One batch of some images, as large as the largest height and the largest width.
 *
 * @throws ModelError `input` for no image, or one whose pixels do not fill its size.
 */
export function batchImages(
  images: readonly NetworkImage[],
  options: BatchOptions = {},
): ImageBatch {
  const { device = "cpu", divisibility = 32, pixelMean = [103.53, 116.28, 123.675] } = options;
  const { channels = "gray" } = options;
  if (images.length === 0) throw new ModelError("input", "batchImages: expected an image");
  images.forEach(checkImage);
  const height = roundUp(Math.max(...images.map((image) => image.height)), divisibility);
  const width = roundUp(Math.max(...images.map((image) => image.width)), divisibility);

  // Written channels-last, so that the permutation below is a view of the right layout.
  const data = new Float32Array(images.length * height * width * 3);
  images.forEach((image, slot) => {
    const into = data.subarray(slot * height * width * 3);
    if (channels === "gray") writeImage(image, pixelMean, into, width);
    else writeDetail(image, pixelMean[0], into, width);
  });
  return {
    tensor: scope(() =>
      fromTypedArray(data, [images.length, height, width, 3], { device }).permute([0, 3, 1, 2]),
    ),
    sizes: images.map((image) => [image.height, image.width]),
  };
}

function writeImage(
  image: NetworkImage,
  mean: readonly [number, number, number],
  out: Float32Array,
  rowPixels: number,
): void {
  const [blue, green, red] = mean;
  for (let y = 0; y < image.height; y++) {
    let to = y * rowPixels * 3;
    const end = (y + 1) * image.width;
    for (let from = y * image.width; from < end; from++) {
      const value = image.pixels[from];
      out[to++] = value - blue;
      out[to++] = value - green;
      out[to++] = value - red;
    }
  }
}

function writeDetail(
  image: NetworkImage,
  mean: number,
  out: Float32Array,
  rowPixels: number,
): void {
  const [fine, coarse] = BANDS.map(({ radius }) => detailBand(image, radius));
  const [{ gain: fineGain }, { gain: coarseGain }] = BANDS;
  for (let y = 0; y < image.height; y++) {
    let to = y * rowPixels * 3;
    const end = (y + 1) * image.width;
    for (let from = y * image.width; from < end; from++) {
      out[to++] = image.pixels[from] - mean;
      out[to++] = fineGain * fine[from];
      out[to++] = coarseGain * coarse[from];
    }
  }
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
