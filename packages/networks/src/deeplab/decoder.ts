/**
 * DeepLabV3+'s decoder (Chen et al. 2018): the deep map, doubled twice, beside the low one narrowed
 * to a few channels, so that it does not outweigh what is known; two separable 3x3 convolutions over
 * both. Names are those of Detectron2's DeepLab project, which has one 5x5 in their place.
 *
 * Shapes: low [N, L, h, w], deep [N, D, h', w'] to [N, channels, h, w].
 */
import type { DecoderConfig } from "@malleolus/schema";
import { cat, scope, type Tensor, upsampleBilinear2d } from "@malleolus/torch";
import {
  eights,
  type NormedConvolution,
  type NormKind,
  normedConvolution,
} from "../backbones/normed-convolution.ts";
import { type SeparableConvolution, separableConvolution } from "./separable-convolution.ts";

export interface Decoder {
  readonly project_conv: NormedConvolution;
  readonly fuse_conv: readonly SeparableConvolution[];
  forward(low: Tensor, deep: Tensor): Tensor;
}

export function decoder(
  input: { readonly low: number; readonly deep: number },
  config: DecoderConfig,
  norm: NormKind,
): Decoder {
  const { lowChannels, channels } = config;
  const project_conv = normedConvolution({
    in: input.low,
    out: lowChannels,
    kernel: 1,
    stride: 1,
    norm,
    normGroups: eights(lowChannels),
  });
  const fuse_conv = Array.from({ length: config.convolutions }, (_, i) =>
    separableConvolution({
      in: i === 0 ? input.deep + lowChannels : channels,
      out: channels,
      norm,
    }),
  );
  return {
    project_conv,
    fuse_conv,
    forward(low, deep) {
      return scope(() => {
        const [, , height, width] = low.shape;
        const upsampled = upsampleBilinear2d(deep, false, { outputSize: [height, width] });
        const narrowed = project_conv.forwardRelu(low);
        const both = cat([upsampled.to(narrowed.dtype), narrowed], { dim: 1 });
        return fuse_conv.reduce((x, layer) => scope(() => layer.forwardRelu(x)), both);
      });
    },
  };
}
