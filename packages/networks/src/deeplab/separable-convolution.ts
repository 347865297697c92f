/**
 * A 3x3 convolution in two: depthwise, then 1x1 over the channels, each with its norm and rectified
 * (Chollet 2017; as DeepLabV3+ has it, and Detectron2's `DepthwiseSeparableConv2d` by name).
 */
import type { Tensor } from "@malleolus/torch";
import {
  eights,
  type NormedConvolution,
  type NormKind,
  normedConvolution,
} from "../backbones/normed-convolution.ts";

export interface SeparableConvolution {
  readonly depthwise: NormedConvolution;
  readonly pointwise: NormedConvolution;
  forwardRelu(input: Tensor): Tensor;
}

export function separableConvolution(options: {
  readonly in: number;
  readonly out: number;
  readonly dilation?: number;
  readonly norm: NormKind;
}): SeparableConvolution {
  const { in: input, out, dilation = 1, norm } = options;
  const depthwise = normedConvolution({
    in: input,
    out: input,
    kernel: 3,
    stride: 1,
    dilation,
    groups: input,
    norm,
    normGroups: eights(input),
  });
  const pointwise = normedConvolution({
    in: input,
    out,
    kernel: 1,
    stride: 1,
    norm,
    normGroups: eights(out),
  });
  return {
    depthwise,
    pointwise,
    forwardRelu: (input) => pointwise.forwardRelu(depthwise.forwardRelu(input)),
  };
}
