/**
 * MobileNetV2's block and its convolutions under torchvision's names, of which EfficientNet-Lite is made, too: what
 * `networks` builds in `backbones/inverted-residual.ts`.
 */
import type { Value } from "../graph/graph.ts";
import { type ConvolutionShape, type Norm, normedConvolution, type Walk } from "./layers.ts";

/** Of every norm of a network: `group` has groups of eight channels, all others fixed statistics. */
interface Normed {
  readonly norm: string;
}

/** torchvision's `Conv2dNormActivation`: the convolution is its first part, the norm its second. */
export function convolutionRelu6(
  walk: Walk,
  input: Value,
  name: string,
  shape: ConvolutionShape,
  config: Normed,
): Value {
  const names = { convolution: `${name}.0`, norm: `${name}.1` };
  const map = normedConvolution(walk, input, names, shape, normOf(shape.out, config));
  const { graph } = walk;
  return graph.add("Clip", [map, graph.number("float32", 0), graph.number("float32", 6)]);
}

/** Eight channels a group. */
export function groupsOfEight(channels: number): Norm {
  return { kind: "group", groups: channels / 8 };
}

function normOf(channels: number, { norm }: Normed): Norm {
  return norm === "group" ? groupsOfEight(channels) : { kind: "fixed" };
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
  readonly padding: NonNullable<ConvolutionShape["padding"]>;
}

/** Expansion (where it is one), depthwise, and a linear 1x1, as torchvision numbers them. */
export function invertedResidual(
  walk: Walk,
  input: Value,
  name: string,
  plan: BlockPlan,
  config: Normed,
): { wide: Value; narrow: Value } {
  const { wide: channels, kernel, stride, dilation, padding } = plan;
  let part = 0;
  let wide = input;
  if (plan.expands) {
    const shape = { in: plan.in, out: channels, kernel: 1 };
    wide = convolutionRelu6(walk, wide, `${name}.${part++}`, shape, config);
  }
  const inner = { in: channels, out: channels, groups: channels };
  const depthwise = { ...inner, kernel, stride, dilation, padding };
  wide = convolutionRelu6(walk, wide, `${name}.${part++}`, depthwise, config);
  const names = { convolution: `${name}.${part}`, norm: `${name}.${part + 1}` };
  const linear = { in: channels, out: plan.out, kernel: 1 };
  const narrow = normedConvolution(walk, wide, names, linear, normOf(plan.out, config));
  const isResidual = stride === 1 && plan.in === plan.out;
  return { wide, narrow: isResidual ? walk.graph.add("Add", [narrow, input]) : narrow };
}
