/**
 * A convolution's weights with a fixed norm folded into them, made once for what does not train, in
 * the dtype in which the convolution computes.
 */
import { call, type DType, keep, nn, scope, type Tensor } from "@malleolus/torch";

export interface Folded {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

export interface FoldedOnce {
  get(weight: Tensor, norm: nn.BatchNorm, dtype: DType): Folded;
  /** Frees them; they are made again when needed. */
  clear(): void;
}

/**
 * Folded weights that are made once, and again after any of the five tensors behind them was
 * replaced or written to (LibTorch counts the writes). They outlive every scope.
 */
export function foldedOnce(): FoldedOnce {
  let made: (Folded & { readonly dtype: DType; readonly from: readonly Written[] }) | null = null;
  const clear = (): void => {
    made?.weight.free();
    made?.bias.free();
    made = null;
  };
  const get = (weight: Tensor, norm: nn.BatchNorm, dtype: DType): Folded => {
    const from = [weight, norm.weight, norm.bias, norm.running_mean, norm.running_var];
    if (made?.dtype === dtype && made.from.every((was, i) => isAsItWas(was, from[i]))) return made;
    clear();
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
  return { get, clear };
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
