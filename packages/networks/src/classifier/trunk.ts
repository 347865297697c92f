/** What a classifier sees of radiographs before it weighs it: what its two forms have in common. */
import type { Tensor } from "@malleolus/torch";
import type { InvertedResidual } from "../backbones/inverted-residual.ts";
import type { ConvolutionAndNorm } from "../backbones/normed-convolution.ts";
import type { ImageBatch } from "../input/image-batch.ts";

export interface ClassifierTrunk {
  /** Under the names that they have in a file. */
  readonly parts: object;
  /** MobileNetV2's, as torchvision numbers them; 19 with its last convolution. */
  readonly layers: readonly (ConvolutionAndNorm | InvertedResidual)[];
  /** Features of each image. */
  readonly width: number;
  /** Float32 [N, width]. */
  forward(images: ImageBatch): Tensor;
}
