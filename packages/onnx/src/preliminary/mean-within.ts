/** The mean of a map over the cells that hold image and not its padding. */
import type { Graph, Value } from "../graph/graph.ts";
import { first } from "../graph/tensor-steps.ts";
import { cellsWithin, type PaddedImage } from "../layers/padded-image.ts";

/** Of [1, C, h, w]: [1, C, 1, 1]. */
export function meanWithin(graph: Graph, map: Value, image: PaddedImage, stride: number): Value {
  const rows = first(graph, map, 2, cellsWithin(graph, image.height, stride));
  const within = first(graph, rows, 3, cellsWithin(graph, image.width, stride));
  return graph.add("ReduceMean", [within], { axes: { integers: [2, 3] } });
}
