/**
 * A convolution and the norm after it: under Detectron2's names `weight` and `norm.*`, or under
 * torchvision's, `0.weight` and `1.*`.
 *
 * A norm with fixed statistics is folded: conv(x, weight * scale) + shift. That costs a pass over
 * the weights, where the norm as a step of its own costs several over the activations, forward
 * and backward. Where nothing of it trains, the folded weights are made once, in the dtype in
 * which the convolution computes; otherwise in every forward, so that gradients reach the weights.
 */
import {
  conv2d,
  convolution,
  type DType,
  depthwiseConvolution,
  empty,
  hardtanh_,
  nn,
  pad,
  relu_,
  scope,
  Tensor,
} from "@malleolus/torch";
import { type Folded, foldedOnce } from "./folded-once.ts";

/**
 * `frozen`: fixed statistics, weight and bias. `measured`: fixed statistics, weight and bias
 * train. `group`: group norm.
 */
export type NormKind = "frozen" | "measured" | "group";

/**
 * Where the border's padding is. Either keeps the size without a stride, and they differ with one.
 * `centered`: as much on all sides, as PyTorch's networks have it. `same`: TensorFlow's, as little as gives
 * the size over the stride rounded up, and where that is odd one more on the right and at the bottom.
 */
export type ConvolutionPadding = "centered" | "same";

export interface NormedConvolutionOptions {
  readonly in: number;
  readonly out: number;
  readonly kernel: number;
  readonly stride: number;
  readonly norm: NormKind;
  /** Of the group norm; default 32. */
  readonly normGroups?: number;
  /** Default 1. */
  readonly dilation?: number;
  /** Default 1; `in` for a depthwise convolution. */
  readonly groups?: number;
  /** Default `centered`; `same` knows no dilation. */
  readonly padding?: ConvolutionPadding;
}

/** What runs a convolution and its norm, wherever their tensors stand. */
export interface NormedForward extends nn.Layer {
  /** `forward`, and negative values become 0. */
  forwardRelu(input: Tensor): Tensor;
  /** `forward`, and values are cut to 0 and 6, as MobileNets do. */
  forwardRelu6(input: Tensor): Tensor;
  /** The convolution alone, before the norm. */
  convolve(input: Tensor): Tensor;
  /** What `forward` convolves with where nothing of it trains; null elsewhere. Who calls does not free it. */
  foldedWeights(dtype: DType): Folded | null;
  /** Frees what was made once for weights that do not train. It is made again when needed. */
  clearFoldedWeights(): void;
}

export interface NormedConvolution extends NormedForward {
  /** [out, in / groups, kernel, kernel], channels-last; no bias. */
  weight: Tensor;
  norm: nn.GroupNorm | nn.BatchNorm;
}

/** torchvision's `Conv2dNormActivation`: the convolution is its first part, the norm its second. */
export interface ConvolutionAndNorm extends NormedForward {
  /** Its weight as that of `NormedConvolution`. */
  readonly 0: { weight: Tensor };
  readonly 1: nn.GroupNorm | nn.BatchNorm;
}

/** Initialised by He et al. 2015. */
export function normedConvolution(options: NormedConvolutionOptions): NormedConvolution {
  const tensors = { weight: newWeight(options), norm: newNorm(options) };
  return Object.assign(tensors, normedForward(tensors, tensors.norm, options));
}

/** The same under torchvision's names. */
export function convolutionAndNorm(options: NormedConvolutionOptions): ConvolutionAndNorm {
  const convolution = { weight: newWeight(options) };
  const norm = newNorm(options);
  return { 0: convolution, 1: norm, ...normedForward(convolution, norm, options) };
}

function normedForward(
  holder: { readonly weight: Tensor },
  norm: nn.GroupNorm | nn.BatchNorm,
  options: NormedConvolutionOptions,
): NormedForward {
  const convolve = convolutionOf(options);
  const folded = foldedOnce();
  const run: NormedForward = {
    forward(input) {
      const { weight } = holder;
      if (!isBatchNorm(norm)) return norm.forward(convolve(input, weight, null));
      const own = run.foldedWeights(input.dtype) ?? nn.foldNorm(weight, norm);
      return convolve(input, own.weight, own.bias);
    },
    foldedWeights(dtype) {
      const { weight } = holder;
      if (!isBatchNorm(norm) || weight.requiresGrad || norm.weight.requiresGrad) return null;
      return folded.get(weight, norm, dtype);
    },
    forwardRelu(input) {
      return isBatchNorm(norm)
        ? relu_(run.forward(input))
        : norm.forwardRelu(convolve(input, holder.weight, null));
    },
    forwardRelu6: (input) => relu6(run.forward(input)),
    convolve: (input) => convolve(input, holder.weight, null),
    clearFoldedWeights: folded.clear,
  };
  return run;
}

/** In place but for bfloat16, in which LibTorch 1.13 has no gradient of hardtanh on the CPU. */
function relu6(map: Tensor): Tensor {
  return map.dtype === "bfloat16"
    ? relu_(map).clamp({ max: 6 })
    : hardtanh_(map, { minVal: 0, maxVal: 6 });
}

/** How many groups of eight channels: for maps of widths that 32 does not divide. */
export function eights(channels: number): number {
  return channels / 8;
}

/** Has every layer in a module free what it made once. */
export function clearFoldedWeightsIn(module: object): void {
  for (const [name, entry] of Object.entries(module)) {
    if (name === "clearFoldedWeights" && typeof entry === "function") entry();
    else if (typeof entry === "object" && entry !== null && !(entry instanceof Tensor)) {
      clearFoldedWeightsIn(entry);
    }
  }
}

export function isBatchNorm(norm: nn.GroupNorm | nn.BatchNorm): norm is nn.BatchNorm {
  return "running_var" in norm;
}

/** Ours has the faster gradients where it serves. */
function convolutionOf(options: NormedConvolutionOptions) {
  const { kernel, stride, dilation = 1, groups = 1, padding: kind = "centered" } = options;
  const isPadded = kind === "same" && stride > 1;
  const padding = isPadded ? 0 : ((kernel - 1) / 2) * dilation;
  return (given: Tensor, weight: Tensor, bias: Tensor | null): Tensor => {
    const input = isPadded ? pad(given, sameBorders(given.shape, kernel, stride)) : given;
    if (groups === 1 && dilation === 1) {
      return convolution(input, weight, { bias, stride, padding });
    }
    return weight.shape[0] === groups && weight.shape[1] === 1
      ? depthwiseConvolution(input, weight, { bias, stride, padding, dilation })
      : conv2d(input, weight, { bias, stride, padding, dilation, groups });
  };
}

/** Left, right, top and bottom, as LibTorch wants them. */
function sameBorders(
  [, , height, width]: readonly number[],
  kernel: number,
  stride: number,
): number[] {
  return [width, height].flatMap((size) => {
    const needed = (Math.ceil(size / stride) - 1) * stride + kernel - size;
    const before = Math.max(0, Math.floor(needed / 2));
    return [before, Math.max(0, needed - before)];
  });
}

function newNorm({ norm: kind, out, normGroups }: NormedConvolutionOptions) {
  if (kind === "group") return nn.groupNorm2d(out, normGroups);
  const norm = nn.frozenBatchNorm2d(out);
  if (kind === "measured") {
    norm.weight.requiresGrad_();
    norm.bias.requiresGrad_();
  }
  return norm;
}

/** A trained weight, laid out as the convolutions read it. */
function newWeight({ in: input, out, kernel, groups = 1 }: NormedConvolutionOptions): Tensor {
  const shape = [out, input / groups, kernel, kernel];
  const weight = scope(() => empty(shape).to({ memoryFormat: "channelsLast" })).requiresGrad_();
  // He's fan out, of which a group of outputs has its share.
  return nn.normal(weight, Math.sqrt(2 / (kernel ** 2 * (out / groups))));
}
