/**
 * Atrous spatial pyramid pooling (Chen et al. 2017, 2018): the same map through a 1x1 convolution,
 * through 3x3 convolutions whose taps stand further and further apart, and averaged over the image;
 * together through another 1x1. Names are Detectron2's (layers/aspp.py).
 *
 * With `separable` as DeepLabV3+ has it; without as DeepLabV3 and torchvision. Under group norm the
 * average is not normalised, as in Detectron2: one cell has no variance. It is taken over the cells
 * that hold image, where those two take the batch's padding in.
 *
 * Shapes: map [N, C, h, w] to [N, channels, h, w].
 */
import type { AsppConfig } from "@malleolus/schema";
import { cat, nn, relu_, scope, type Tensor } from "@malleolus/torch";
import { meanWithin } from "../backbones/mean-within.ts";
import {
  eights,
  type NormedConvolution,
  type NormKind,
  normedConvolution,
} from "../backbones/normed-convolution.ts";
import type { ImageBatch } from "../input/image-batch.ts";
import { separableConvolution } from "./separable-convolution.ts";

export interface Aspp {
  /** The 1x1, the 3x3s, and the average's convolution as the second part of its branch. */
  readonly convs: readonly object[];
  readonly project: NormedConvolution;
  /** `sizes` in pixels, of which a cell is `stride` wide. */
  forward(map: Tensor, sizes: ImageBatch["sizes"], stride: number): Tensor;
}

export function aspp(input: number, config: AsppConfig, norm: NormKind): Aspp {
  const { channels, rates, separable } = config;
  const normed = (from: number, kernel: number, dilation: number): NormedConvolution =>
    normedConvolution({
      in: from,
      out: channels,
      kernel,
      stride: 1,
      dilation,
      norm,
      normGroups: eights(channels),
    });
  const branches = [
    normed(input, 1, 1),
    ...rates.map((dilation) =>
      separable
        ? separableConvolution({ in: input, out: channels, dilation, norm })
        : normed(input, 3, dilation),
    ),
  ];
  const ofAverage = norm === "group" ? biased(input, channels) : normed(input, 1, 1);
  const project = normed(channels * (branches.length + 1), 1, 1);
  return {
    convs: [...branches, { 1: ofAverage }],
    project,
    forward(map, sizes, stride) {
      return scope(() => {
        const [images, , height, width] = map.shape;
        const average = meanWithin(map, sizes, stride).reshape([images, input, 1, 1]);
        const everywhere = relu_(ofAverage.forward(average.to(map.dtype)))
          .expand([images, channels, height, width])
          .to({ memoryFormat: "channelsLast" });
        const seen = branches.map((branch) => scope(() => branch.forwardRelu(map)));
        return project.forwardRelu(cat([...seen, everywhere], { dim: 1 }));
      });
    },
  };
}

function biased(input: number, out: number): nn.Convolution {
  const layer = nn.convolution({ in: input, out, kernel: 1 });
  nn.msraFill(layer.weight);
  return layer;
}
