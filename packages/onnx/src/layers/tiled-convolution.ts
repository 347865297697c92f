/**
 * A 3x3 convolution with a quarter of the multiplications, by Winograd's minimal filtering F(4x4, 3x3) (Lavin and
 * Gray 2016): tiles of 6 x 6 inputs at six points in each direction, one product of matrices a point, and back to
 * tiles of 4 x 4 outputs. As steps of ONNX, for an engine whose time is multiplications: a browser's.
 *
 * The points are those of `torch/native/winograd.cc`, whose errors are about twice those of plain sums. The map's
 * sides must be multiples of 4.
 */
import type { Graph, Value } from "../graph/graph.ts";
import { join, reshape, sizes, transpose } from "../graph/tensor-steps.ts";

const TILE = 4;
const WINDOW = 6;
const POINTS = WINDOW * WINDOW;

const A = Math.SQRT1_2;
const B = Math.SQRT2;
/** Six values of an input, at the points 0, a, -a, b, -b and infinity. */
const OF_INPUT: readonly (readonly number[])[] = [
  [1, 0, -2.5, 0, 1, 0],
  [0, -2 * A, -2, A, 1, 0],
  [0, 2 * A, -2, -A, 1, 0],
  [0, -0.5 * B, -0.5, B, 1, 0],
  [0, 0.5 * B, -0.5, -B, 1, 0],
  [0, 1, 0, -2.5, 0, 1],
];
/** Three values of a kernel, at the points. */
const OF_KERNEL: readonly (readonly number[])[] = [
  [1, 0, 0],
  [-2 / 3, (-2 / 3) * A, -1 / 3],
  [-2 / 3, (2 / 3) * A, -1 / 3],
  [1 / 6, B / 6, 1 / 3],
  [1 / 6, -B / 6, 1 / 3],
  [0, 0, 1],
];
/** Four values of an output, from those at the points. */
const TO_OUTPUT: readonly (readonly number[])[] = [
  [1, 1, 1, 1, 1, 0],
  [0, A, -A, B, -B, 0],
  [0, 0.5, 0.5, 2, 2, 0],
  [0, A / 2, -A / 2, 2 * B, -2 * B, 1],
];

/** @param kernel [D, C, 3, 3] */
export function tiledConvolution(
  graph: Graph,
  input: Value,
  kernel: Value,
  bias: Value,
  shape: { readonly in: number; readonly out: number },
): Value {
  const single = reshape(graph, input, [shape.in, 1, 0, 0]); // [C, 1, H, W]
  const atPoints = graph.add(
    "Conv",
    [single, graph.table("float32", both(OF_INPUT), [POINTS, 1, WINDOW, WINDOW])],
    {
      kernel_shape: { integers: [WINDOW, WINDOW] },
      strides: { integers: [TILE, TILE] },
      pads: { integers: [1, 1, 1, 1] },
    },
  ); // [C, 36, H/4, W/4]
  const rows = transpose(graph, reshape(graph, atPoints, [0, 0, -1]), [1, 0, 2]); // [36, C, T]
  const weights = kernelAtPoints(graph, kernel, shape);
  const products = transpose(graph, graph.add("MatMul", [weights, rows]), [1, 0, 2]); // [D, 36, T]
  const tiles = join(
    graph,
    [graph.row("int64", [shape.out, POINTS]), sizes(graph, atPoints, 2, 4)],
    0,
  );
  const outputs = graph.add(
    "Conv",
    [
      graph.add("Reshape", [products, tiles]),
      graph.table("float32", both(TO_OUTPUT), [TILE * TILE, POINTS, 1, 1]),
    ],
    { kernel_shape: { integers: [1, 1] } },
  ); // [D, 16, H/4, W/4]
  const whole = graph.add("DepthToSpace", [outputs], {
    blocksize: { integer: TILE },
    mode: { text: "DCR" },
  }); // [D, 1, H, W]
  const map = reshape(graph, whole, [1, shape.out, 0, 0]);
  return graph.add("Add", [map, reshape(graph, bias, [shape.out, 1, 1])]);
}

/** A transform along both axes: [rows * rows, columns * columns]. */
function both(matrix: readonly (readonly number[])[]): number[] {
  return matrix.flatMap((down) =>
    matrix.flatMap((across) => down.flatMap((a) => across.map((b) => a * b))),
  );
}

/** [36, D, C]: computed once, when the file is opened. */
function kernelAtPoints(
  graph: Graph,
  kernel: Value,
  shape: { readonly in: number; readonly out: number },
): Value {
  const taps = transpose(graph, reshape(graph, kernel, [shape.in * shape.out, 9]), [1, 0]);
  const table = graph.table("float32", both(OF_KERNEL), [POINTS, 9]);
  return reshape(graph, graph.add("MatMul", [table, taps]), [POINTS, shape.out, shape.in]);
}
