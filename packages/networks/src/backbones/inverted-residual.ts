/**
 * MobileNetV2's block (Sandler et al. 2018), of which EfficientNet-Lite is made, too: a 1x1 convolution that
 * widens, a depthwise one, and a linear 1x1 that narrows, with a residual where its shapes allow one.
 */
import { add_, type nn, scope, type Tensor } from "@malleolus/torch";
import { fusedBlock } from "./fused-block.ts";
import {
  type ConvolutionPadding,
  convolutionAndNorm,
  eights,
  type NormKind,
} from "./normed-convolution.ts";

/** Expansion (where it is one), depthwise, and a linear 1x1, as torchvision lists them. */
export interface InvertedResidual extends nn.Layer {
  readonly conv: readonly object[];
  /** The output, and the wide map after the depthwise convolution. */
  forwardWide(input: Tensor): { readonly output: Tensor; readonly wide: Tensor };
  clearFoldedWeights(): void;
}

export interface BlockPlan {
  readonly in: number;
  readonly wide: number;
  readonly out: number;
  readonly expands: boolean;
  /** Of the depthwise convolution, as what follows. */
  readonly kernel: 3 | 5;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: ConvolutionPadding;
}

export function invertedResidual(plan: BlockPlan, norm: NormKind): InvertedResidual {
  const { wide, kernel, stride, dilation, padding } = plan;
  const inner = { out: wide, norm, normGroups: eights(wide) };
  const expansion = plan.expands
    ? [convolutionAndNorm({ ...inner, in: plan.in, kernel: 1, stride: 1 })]
    : [];
  const depthwise = convolutionAndNorm({
    ...inner,
    in: wide,
    kernel,
    stride,
    dilation,
    padding,
    groups: wide,
  });
  const linear = convolutionAndNorm({
    in: wide,
    out: plan.out,
    kernel: 1,
    stride: 1,
    norm,
    normGroups: eights(plan.out),
  });
  const layers = [...expansion, depthwise];
  const isResidual = stride === 1 && plan.in === plan.out;
  const fused = fusedBlock({
    expansion: expansion.at(0) ?? null,
    depthwise,
    linear,
    stride,
    dilation,
    padding,
    outputs: plan.out,
    isResidual,
  });
  const layerByLayer = (input: Tensor) => {
    const wide = layers.reduce((x, layer) => layer.forwardRelu6(x), input);
    const output = linear.forward(wide);
    return { output: isResidual ? add_(output, input) : output, wide };
  };
  const run = (input: Tensor, keepWide: boolean) =>
    scope(() => fused.run(input, keepWide) ?? layerByLayer(input));
  return {
    conv: [...layers, linear[0], linear[1]],
    forward: (input) => scope(() => run(input, false).output),
    forwardWide: (input) => run(input, true),
    clearFoldedWeights() {
      fused.clear();
      for (const layer of [...layers, linear]) layer.clearFoldedWeights();
    },
  };
}
