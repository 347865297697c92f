/** Layers with weights. Inputs are [N, C, H, W] unless a layer says otherwise. */
import { autocast } from "../autograd.ts";
import {
  batchNorm,
  channelsLastGroupNorm,
  conv2d,
  convolution as convolve,
  convTranspose2d,
  empty,
  linear,
  ones,
  pixelShuffle,
  repeatInterleave,
  scaleRows,
  zeros,
} from "../ops.generated.ts";
import type { Tensor } from "../tensor.ts";
import { xavierFill } from "./initialize.ts";
import type { Layer } from "./module.ts";

export interface ConvolutionOptions {
  readonly in: number;
  readonly out: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly dilation?: number;
  readonly groups?: number;
  /** Default true. */
  readonly bias?: boolean;
}

export interface Convolution extends Layer {
  /** [out, in / groups, kernel, kernel] */
  weight: Tensor;
  /** [out] */
  bias?: Tensor;
}

export function convolution(options: ConvolutionOptions): Convolution {
  const { kernel, stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const weight = parameter([options.out, options.in / groups, kernel, kernel]);
  xavierFill(weight);
  const layer: Convolution = {
    weight,
    forward(input) {
      const { weight, bias } = layer;
      return dilation === 1 && groups === 1
        ? convolve(input, weight, { bias, stride, padding })
        : conv2d(input, weight, { bias, stride, padding, dilation, groups });
    },
  };
  if (options.bias ?? true) layer.bias = zeros([options.out]).requiresGrad_();
  return layer;
}

/**
 * Transposed convolution; weight [in, out, kernel, kernel]. Its output has the dtype of its input;
 * where squares overlap (stride below kernel) it computes in float32.
 */
export function transposedConvolution(
  options: Omit<ConvolutionOptions, "dilation" | "groups">,
): Convolution {
  const { kernel, stride = 1, padding = 0 } = options;
  const weight = parameter([options.in, options.out, kernel, kernel]);
  xavierFill(weight);
  const layer: Convolution = {
    weight,
    forward(input) {
      if (stride === kernel && padding === 0) return spread(input, layer, kernel);
      const { weight, bias } = layer;
      const exact = input.to("float32");
      const output = autocast(null, () =>
        convTranspose2d(exact, weight, { bias, stride, padding }),
      );
      return output.to(input.dtype);
    },
  };
  if (options.bias ?? true) layer.bias = zeros([options.out]).requiresGrad_();
  return layer;
}

/**
 * The transposed convolution whose outputs do not overlap: every input pixel becomes a square of
 * its own, so that it is a 1x1 convolution and a rearrangement. Unlike LibTorch 1.13's operator,
 * which is wrong in bfloat16 and therefore runs in float32, it runs in the dtype of its input.
 */
function spread(input: Tensor, { weight, bias }: Convolution, kernel: number): Tensor {
  const [channels = 0, out = 0] = weight.shape;
  // [in, out, k, k] to [out * k * k, in, 1, 1]
  const square = weight.permute([1, 2, 3, 0]).reshape([out * kernel * kernel, channels, 1, 1]);
  const dtype = input.dtype;
  const spreadBias = bias === undefined ? null : repeatInterleave(bias, kernel * kernel).to(dtype);
  return pixelShuffle(conv2d(input, square.to(dtype), { bias: spreadBias }), kernel);
}

export interface Linear extends Layer {
  /** [out, in] */
  weight: Tensor;
  /** [out] */
  bias: Tensor;
}

/** [N, in] to [N, out]. */
export function fullyConnected(options: { readonly in: number; readonly out: number }): Linear {
  const weight = parameter([options.out, options.in]);
  xavierFill(weight);
  const layer: Linear = {
    weight,
    bias: zeros([options.out]).requiresGrad_(),
    forward(input) {
      return linear(input, layer.weight, { bias: layer.bias });
    },
  };
  return layer;
}

export interface Norm extends Layer {
  weight: Tensor;
  bias: Tensor;
}

export interface BatchNorm extends Norm {
  running_mean: Tensor;
  running_var: Tensor;
}

/** Batch norm that learns and keeps running statistics, while `training` is on. */
export function batchNorm2d(
  channels: number,
  options: { eps?: number; momentum?: number } = {},
): BatchNorm & { training: boolean } {
  const { eps = 1e-5, momentum = 0.1 } = options;
  const layer: BatchNorm & { training: boolean } = {
    weight: ones([channels]).requiresGrad_(),
    bias: zeros([channels]).requiresGrad_(),
    running_mean: zeros([channels]),
    running_var: ones([channels]),
    training: true,
    forward(input) {
      return batchNorm(input, layer.training, momentum, eps, false, {
        weight: layer.weight,
        bias: layer.bias,
        runningMean: layer.running_mean,
        runningVar: layer.running_var,
      });
    },
  };
  return layer;
}

/** Batch norm with fixed statistics: a scale and a shift per channel. All four terms are fixed. */
export function frozenBatchNorm2d(channels: number, eps = 1e-5): BatchNorm {
  const layer: BatchNorm = {
    weight: ones([channels]),
    bias: zeros([channels]),
    running_mean: zeros([channels]),
    running_var: ones([channels]),
    forward(input) {
      const { scale, shift } = scaleAndShift(layer, eps);
      const dtype = input.dtype;
      return input
        .mul(scale.reshape([1, channels, 1, 1]).to(dtype))
        .add(shift.reshape([1, channels, 1, 1]).to(dtype));
    },
  };
  return layer;
}

/** What a norm with fixed statistics does, as `x * scale + shift`; both [C]. */
export function scaleAndShift(norm: BatchNorm, eps = 1e-5): { scale: Tensor; shift: Tensor } {
  const scale = norm.weight.mul(norm.running_var.add(eps).rsqrt());
  return { scale, shift: norm.bias.sub(norm.running_mean.mul(scale)) };
}

/**
 * A convolution and the fixed norm after it as one: weight [out, in, k, k] scaled per output
 * channel, and a bias [out]. Gradients flow to the convolution's weight and to the norm's scale.
 */
export function foldNorm(
  weight: Tensor,
  norm: BatchNorm,
  eps = 1e-5,
): { weight: Tensor; bias: Tensor } {
  const { scale, shift } = scaleAndShift(norm, eps);
  return { weight: scaleRows(weight, scale), bias: shift };
}

export interface GroupNorm extends Norm {
  /** `forward`, and negative values become 0: in the same pass where it can be. */
  forwardRelu(input: Tensor): Tensor;
}

export function groupNorm2d(channels: number, groups = 32, eps = 1e-5): GroupNorm {
  const norm = (input: Tensor, relu: boolean): Tensor => {
    const { weight, bias } = layer;
    return channelsLastGroupNorm(input, groups, weight, bias, { eps, relu });
  };
  const layer: GroupNorm = {
    weight: ones([channels]).requiresGrad_(),
    bias: zeros([channels]).requiresGrad_(),
    forward: (input) => norm(input, false),
    forwardRelu: (input) => norm(input, true),
  };
  return layer;
}

function parameter(shape: readonly number[]): Tensor {
  return empty(shape).requiresGrad_();
}
