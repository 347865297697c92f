/** Means of a map over where each structure is found, as `networks` takes them. */
import type { Graph, Value } from "../graph/graph.ts";
import { cast, first, join, reshape, sizes, squeeze, transpose } from "../graph/tensor-steps.ts";
import { cellsWithin, type PaddedImage } from "../layers/padded-image.ts";

/** Of the maps' cells in pixels: a quarter of the image's size. */
const STRIDE = 4;
/** The share of a radiograph, as a logarithm, that is called 0; the least that is told from nothing. */
const [USUAL_SHARE, LEAST_SHARE] = [1e-2, 1e-4];

/** Of a map [1, C, h, w] and labels' probabilities [1, K + 1, h, w], the background's last: [1, K (C + 1)]. */
export function meansWhereFound(
  graph: Graph,
  map: Value,
  probabilities: Value,
  image: PaddedImage,
  structures: number,
): Value {
  const cells = (of: Value) => {
    const rows = first(graph, of, 2, cellsWithin(graph, image.height, STRIDE));
    const within = first(graph, rows, 3, cellsWithin(graph, image.width, STRIDE));
    return squeeze(graph, reshape(graph, within, [0, 0, -1]), 0);
  };
  const number = (value: number) => graph.row("float32", [value]);
  const own = cells(map);
  const found = first(graph, cells(probabilities), 0, graph.row("int64", [structures]));
  const weights = graph.add("Mul", [found, found]);
  const axes = graph.row("int64", [1]);
  const sums = graph.add("ReduceSum", [weights, axes], { keepdims: { integer: 1 } });
  const totals = graph.add("MatMul", [weights, transpose(graph, own, [1, 0])]);
  const means = graph.add("Div", [totals, graph.add("Add", [sums, number(1e-6)])]);
  const count = cast(graph, sizes(graph, own, 1, 2), "float32");
  const share = graph.add("Add", [graph.add("Div", [sums, count]), number(LEAST_SHARE)]);
  const logarithm = graph.add("Log", [graph.add("Div", [share, number(USUAL_SHARE)])]);
  const shares = graph.add("Div", [logarithm, number(Math.LN10)]);
  return reshape(graph, join(graph, [means, shares], 1), [1, -1]);
}
