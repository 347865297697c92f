/**
 * Layers as every network here has them: convolutions with their bias or norm, matrix products. A layer's
 * weights lie under its name in the network's file. Maps are [1, C, H, W]: a file of ours sees one image.
 */
import type { Attributes } from "../format/onnx-format.ts";
import type { Graph, Value } from "../graph/graph.ts";
import { reshape } from "../graph/tensor-steps.ts";
import type { Weights } from "../weights/safetensors.ts";
import { tiledConvolution } from "./tiled-convolution.ts";

/** A network on its way into a graph. */
export interface Walk {
  readonly graph: Graph;
  readonly weights: Weights;
  /** Whether convolutions go by tiles where they can, for engines whose time is multiplications. */
  readonly tiles: boolean;
}

export interface ConvolutionShape {
  readonly in: number;
  readonly out: number;
  readonly kernel: number;
  /** Default 1. */
  readonly stride?: number;
  /** Default 1. */
  readonly dilation?: number;
  /** Default 1; `in` for a depthwise convolution. */
  readonly groups?: number;
  /**
   * `centered`: as much on all sides, the default. `same`: of an even map and a stride of two, TensorFlow's, one less at
   * the left and the top.
   */
  readonly padding?: "centered" | "same";
  /** Of a 3x3 with stride 1: whether the map's sides are multiples of 4, so that tiles fit. Default false. */
  readonly tiled?: boolean;
}

/** Below, going by tiles costs what multiplying would. */
const LEAST_TILED_CHANNELS = 64;

/** Where a normed convolution's weights lie. */
export interface NormedNames {
  readonly convolution: string;
  readonly norm: string;
}

/** `fixed`: batch norm by the statistics of the file. `group`: group norm of so many groups. */
export type Norm = { readonly kind: "fixed" } | { readonly kind: "group"; readonly groups: number };

const EPSILON = 1e-5;

export function relu({ graph }: Walk, value: Value): Value {
  return graph.add("Relu", [value]);
}

/** Padding keeps the size where the stride is 1. */
export function convolution(
  walk: Walk,
  input: Value,
  name: string,
  shape: ConvolutionShape,
): Value {
  const { graph, weights } = walk;
  const bias = weights.take(`${name}.bias`, [shape.out]);
  const kernel = weights.take(`${name}.weight`, kernelShape(shape));
  return convolve(
    walk,
    input,
    graph.weight(`${name}.weight`, kernel, kernelShape(shape)),
    graph.weight(`${name}.bias`, bias, [shape.out]),
    shape,
  );
}

function convolve(
  { graph, tiles }: Walk,
  input: Value,
  kernel: Value,
  bias: Value,
  shape: ConvolutionShape,
): Value {
  const { tiled = false } = shape;
  return tiles && tiled && Math.min(shape.in, shape.out) >= LEAST_TILED_CHANNELS
    ? tiledConvolution(graph, input, kernel, bias, shape)
    : graph.add("Conv", [input, kernel, bias], convolutionAttributes(shape));
}

/** A convolution without bias and the norm after it; a fixed norm is folded into the convolution. */
export function normedConvolution(
  walk: Walk,
  input: Value,
  names: NormedNames,
  shape: ConvolutionShape,
  norm: Norm,
): Value {
  const { graph, weights } = walk;
  const name = `${names.convolution}.weight`;
  const kernel = weights.take(name, kernelShape(shape));
  if (norm.kind === "group") {
    const plain = graph.weight(name, kernel, kernelShape(shape));
    const map = graph.add("Conv", [input, plain], convolutionAttributes(shape));
    return groupNorm(walk, map, names.norm, shape.out, norm.groups);
  }
  const { scale, shift } = scaleAndShift(walk, names.norm, shape.out);
  const rows = kernel.length / shape.out;
  const folded = kernel.map((value, i) => value * scale[Math.floor(i / rows)]);
  return convolve(
    walk,
    input,
    graph.weight(name, folded, kernelShape(shape)),
    graph.weight(`${names.norm}.shift`, shift, [shape.out]),
    shape,
  );
}

/** What a norm with fixed statistics does, as `x * scale + shift`; both [C]. */
function scaleAndShift({ weights }: Walk, name: string, channels: number) {
  const part = (own: string) => weights.take(`${name}.${own}`, [channels]);
  const variance = part("running_var");
  const scale = part("weight").map((weight, c) => weight / Math.sqrt(variance[c] + EPSILON));
  const mean = part("running_mean");
  return { scale, shift: part("bias").map((bias, c) => bias - mean[c] * scale[c]) };
}

/** Each group as one channel of an instance norm, which ONNX has before group norms. */
function groupNorm(
  { graph, weights }: Walk,
  map: Value,
  name: string,
  channels: number,
  groups: number,
): Value {
  const normalized = graph.add(
    "InstanceNormalization",
    [
      reshape(graph, map, [0, groups, -1]),
      graph.table("float32", new Array(groups).fill(1), [groups]),
      graph.table("float32", new Array(groups).fill(0), [groups]),
    ],
    { epsilon: { float: EPSILON } },
  );
  const whole = graph.add("Reshape", [normalized, graph.add("Shape", [map])]);
  const perChannel = (own: string) => {
    const values = weights.take(`${name}.${own}`, [channels]);
    return reshape(graph, graph.weight(`${name}.${own}`, values, [channels]), [channels, 1, 1]);
  };
  return graph.add("Add", [graph.add("Mul", [whole, perChannel("weight")]), perChannel("bias")]);
}

/** Whose stride equals its kernel of two: every cell becomes four. Weight [in, out, 2, 2]. */
export function doubling(
  { graph, weights }: Walk,
  input: Value,
  name: string,
  shape: { readonly in: number; readonly out: number },
): Value {
  const kernel = [shape.in, shape.out, 2, 2];
  return graph.add(
    "ConvTranspose",
    [
      input,
      graph.weight(`${name}.weight`, weights.take(`${name}.weight`, kernel), kernel),
      graph.weight(`${name}.bias`, weights.take(`${name}.bias`, [shape.out]), [shape.out]),
    ],
    { kernel_shape: { integers: [2, 2] }, strides: { integers: [2, 2] } },
  );
}

/** [n, in] to [n, out]. */
export function fullyConnected(
  { graph, weights }: Walk,
  input: Value,
  name: string,
  shape: { readonly in: number; readonly out: number },
): Value {
  const matrix = [shape.out, shape.in];
  return graph.add(
    "Gemm",
    [
      input,
      graph.weight(`${name}.weight`, weights.take(`${name}.weight`, matrix), matrix),
      graph.weight(`${name}.bias`, weights.take(`${name}.bias`, [shape.out]), [shape.out]),
    ],
    { transB: { integer: 1 } },
  );
}

function kernelShape({ in: input, out, kernel, groups = 1 }: ConvolutionShape): number[] {
  return [out, input / groups, kernel, kernel];
}

function convolutionAttributes(shape: ConvolutionShape): Attributes {
  const { kernel, stride = 1, dilation = 1, groups = 1 } = shape;
  const end = ((kernel - 1) / 2) * dilation;
  const begin = shape.padding === "same" && stride === 2 ? end - 1 : end;
  return {
    kernel_shape: { integers: [kernel, kernel] },
    strides: { integers: [stride, stride] },
    pads: { integers: [begin, begin, end, end] },
    dilations: { integers: [dilation, dilation] },
    group: { integer: groups },
  };
}
