/**
 * The image at a graph's door: three channels [3, height, width] of any size, as `imaging` writes them, padded
 * with zeros on the right and at the bottom to the multiple that the network needs.
 */
import type { Graph, Value } from "../graph/graph.ts";
import { join, sizes, unsqueeze } from "../graph/tensor-steps.ts";

/** The name of a graph's input. */
export const IMAGE = "image";

export interface PaddedImage {
  /** [1, 3, H, W] */
  readonly map: Value;
  /** Height and width without the padding: int64 [1] each. */
  readonly height: Value;
  readonly width: Value;
}

export function paddedImage(graph: Graph, divisibility: number): PaddedImage {
  const image = graph.input({ name: IMAGE, type: "float32", shape: [3, "height", "width"] });
  const [height, width] = [sizes(graph, image, 1, 2), sizes(graph, image, 2, 3)];
  const step = graph.row("int64", [divisibility]);
  const missing = (size: Value) => {
    const rest = graph.add("Mod", [size, step]);
    return graph.add("Mod", [graph.add("Sub", [step, rest]), step]);
  };
  const none = graph.row("int64", [0, 0, 0, 0, 0, 0]);
  const pads = join(graph, [none, missing(height), missing(width)], 0);
  return { map: graph.add("Pad", [unsqueeze(graph, image, 0), pads]), height, width };
}

/** How many cells of a map, each so many pixels wide, hold image: int64 [1]. */
export function cellsWithin(graph: Graph, size: Value, stride: number): Value {
  const above = graph.add("Add", [size, graph.row("int64", [stride - 1])]);
  return graph.add("Div", [above, graph.row("int64", [stride])]);
}
