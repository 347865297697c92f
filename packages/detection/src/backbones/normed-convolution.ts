/**
 * A convolution and the norm after it, under Detectron2's names `weight` and `norm.*`.
 *
 * A norm with fixed statistics is folded: conv(x, weight * scale) + shift. That costs a pass over
 * the weights, where the norm as a step of its own costs several over the activations, forward
 * and backward. Where nothing of it trains, the folded weights are made once, in the dtype in
 * which the convolution computes; otherwise in every forward, so that gradients reach the weights.
 */
import {
  call,
  convolution,
  type DType,
  empty,
  keep,
  nn,
  relu_,
  scope,
  type Tensor,
} from "@malleolus/torch";

/**
 * `frozen`: fixed statistics, weight and bias. `measured`: fixed statistics, weight and bias
 * train. `group`: group norm.
 */
export type NormKind = "frozen" | "measured" | "group";

export interface NormedConvolutionOptions {
  readonly in: number;
  readonly out: number;
  readonly kernel: number;
  readonly stride: number;
  readonly norm: NormKind;
}

export interface NormedConvolution extends nn.Layer {
  /** [out, in, kernel, kernel], channels-last; no bias. */
  weight: Tensor;
  norm: nn.GroupNorm | nn.BatchNorm;
  /** `forward`, and negative values become 0. */
  forwardRelu(input: Tensor): Tensor;
  /** The convolution alone, before the norm. */
  convolve(input: Tensor): Tensor;
  /** Frees what was made once for weights that do not train. It is made again when needed. */
  forgetFolded(): void;
}

interface Folded {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

/** Padding keeps the size where the stride is 1. Initialised by He et al. 2015. */
export function normedConvolution(options: NormedConvolutionOptions): NormedConvolution {
  const { kernel, stride } = options;
  const padding = (kernel - 1) / 2;
  const folded = foldedOnce();
  const layer: NormedConvolution = {
    weight: channelsLast([options.out, options.in, kernel, kernel]),
    norm: makeNorm(options.norm, options.out),
    forward(input) {
      const { norm } = layer;
      if (!isBatchNorm(norm)) return norm.forward(layer.convolve(input));
      const trains = layer.weight.requiresGrad || norm.weight.requiresGrad;
      const { weight, bias } = trains
        ? nn.foldNorm(layer.weight, norm)
        : folded.get(layer.weight, norm, input.dtype);
      return convolution(input, weight, { bias, stride, padding });
    },
    forwardRelu(input) {
      const { norm } = layer;
      return isBatchNorm(norm)
        ? relu_(layer.forward(input))
        : norm.forwardRelu(layer.convolve(input));
    },
    convolve(input) {
      return convolution(input, layer.weight, { stride, padding });
    },
    forgetFolded: folded.forget,
  };
  nn.msraFill(layer.weight);
  return layer;
}

export function isBatchNorm(norm: nn.GroupNorm | nn.BatchNorm): norm is nn.BatchNorm {
  return "running_var" in norm;
}

function makeNorm(kind: NormKind, channels: number): nn.GroupNorm | nn.BatchNorm {
  if (kind === "group") return nn.groupNorm2d(channels);
  const norm = nn.frozenBatchNorm2d(channels);
  if (kind === "measured") {
    norm.weight.requiresGrad_();
    norm.bias.requiresGrad_();
  }
  return norm;
}

/** A trained weight, laid out as the convolutions read it. */
function channelsLast(shape: readonly number[]): Tensor {
  return scope(() => empty(shape).to({ memoryFormat: "channelsLast" })).requiresGrad_();
}

/**
 * Folded weights that are made once, and again after any of the five tensors behind them was
 * replaced or written to (LibTorch counts the writes). They outlive every scope.
 */
function foldedOnce() {
  let made: (Folded & { readonly dtype: DType; readonly from: readonly Written[] }) | null = null;
  const forget = (): void => {
    made?.weight.free();
    made?.bias.free();
    made = null;
  };
  const get = (weight: Tensor, norm: nn.BatchNorm, dtype: DType): Folded => {
    const from = [weight, norm.weight, norm.bias, norm.running_mean, norm.running_var];
    if (made?.dtype === dtype && made.from.every((was, i) => isAsItWas(was, from[i]))) return made;
    forget();
    const folded = scope(() => {
      const plain = nn.foldNorm(weight, norm);
      return {
        weight: plain.weight.to({ dtype, memoryFormat: "channelsLast" }),
        bias: plain.bias.to(dtype),
      };
    });
    keep(folded.weight);
    keep(folded.bias);
    made = { ...folded, dtype, from: from.map(asWritten) };
    return made;
  };
  return { get, forget };
}

/** A tensor and how often it had been written to. */
interface Written {
  readonly tensor: Tensor;
  readonly version: unknown;
}

function asWritten(tensor: Tensor): Written {
  return { tensor, version: call("aten::_version", tensor) };
}

function isAsItWas(was: Written, tensor: Tensor): boolean {
  return was.tensor === tensor && was.version === call("aten::_version", tensor);
}
