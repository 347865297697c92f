/**
 * A MobileNetV2 block in one pass where nothing of it trains: its folded weights packed once, and packed again
 * after they were folded anew. Not for blocks that train, nor for other dtypes and devices: they run layer by layer.
 */
import {
  fusesBlocks,
  invertedResidual,
  keep,
  packBlock,
  scope,
  type Tensor,
} from "@malleolus/torch";
import type { Folded } from "./folded-once.ts";
import type { ConvolutionAndNorm, ConvolutionPadding } from "./normed-convolution.ts";

export interface BlockLayers {
  /** Null where the block has none. */
  readonly expansion: ConvolutionAndNorm | null;
  readonly depthwise: ConvolutionAndNorm;
  readonly linear: ConvolutionAndNorm;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: ConvolutionPadding;
  readonly outputs: number;
  readonly isResidual: boolean;
}

export interface FusedBlock {
  /**
   * The output, and the wide map after the depthwise convolution where it is asked for (else an empty one); null
   * where this way does not serve.
   */
  run(input: Tensor, keepWide: boolean): { readonly output: Tensor; readonly wide: Tensor } | null;
  /** Frees what was packed; it is packed again when needed. */
  clear(): void;
}

export function fusedBlock(layers: BlockLayers): FusedBlock {
  const { expansion, depthwise, linear, stride, dilation, padding, outputs, isResidual } = layers;
  const all = [...(expansion === null ? [] : [expansion]), depthwise, linear];
  let made: { readonly from: readonly Folded[]; readonly packed: Packed } | null = null;
  const clear = (): void => {
    for (const tensor of made?.packed ?? []) tensor.free();
    made = null;
  };
  const packedFor = (from: readonly Folded[]): Packed => {
    if (made?.from.every((was, i) => was === from[i])) return made.packed;
    clear();
    const [narrow, wide, wider] = [from.at(-1), from.at(-2), from.at(-3)];
    if (narrow === undefined || wide === undefined)
      throw new Error("internal: a block of no layers");
    const packed = scope(() =>
      packBlock(wide.weight, wide.bias, narrow.weight, narrow.bias, {
        expansion: wider?.weight,
        expansionBias: wider?.bias,
      }),
    );
    for (const tensor of packed) keep(tensor);
    made = { from, packed };
    return packed;
  };
  return {
    run(input, keepWide) {
      if (input.dtype !== "float32" || input.device !== "cpu" || input.requiresGrad) return null;
      if (!fusesBlocks()) return null;
      const from = all.flatMap((layer) => layer.foldedWeights(input.dtype) ?? []);
      if (from.length < all.length) return null;
      const [output, wide] = invertedResidual(
        input,
        ...packedFor(from),
        outputs,
        stride,
        dilation,
        padding === "same",
        isResidual,
        keepWide,
      );
      return { output, wide };
    },
    clear,
  };
}

type Packed = ReturnType<typeof packBlock>;
