/**
 * The image head in a graph: the probability that the image shows each class, from the pyramid's maps over the
 * cells that hold image. What `networks` does in `mask-rcnn/image-head.ts`.
 */
import type { MaskRcnnConfig } from "@malleolus/schema";
import type { Graph, Value } from "../graph/graph.ts";
import { first, join, squeeze } from "../graph/tensor-steps.ts";
import { fullyConnected, relu, type Walk } from "../layers/layers.ts";
import { cellsWithin, type PaddedImage } from "../layers/padded-image.ts";
import { POOLED_LEVELS } from "./regions.ts";
import { STRIDES } from "./resnet.ts";

const EPSILON = 1e-5;

/** [K] */
export function shownClasses(
  walk: Walk,
  maps: readonly Value[],
  image: PaddedImage,
  config: MaskRcnnConfig,
  hiddenChannels: number,
): Value {
  const { graph } = walk;
  const pooled = STRIDES.slice(0, POOLED_LEVELS).flatMap((stride, level) => {
    const rows = first(graph, maps[level], 2, cellsWithin(graph, image.height, stride));
    const within = first(graph, rows, 3, cellsWithin(graph, image.width, stride));
    return ["ReduceMean", "ReduceMax"].map((operator) => standardized(graph, within, operator));
  });
  const inputs = 2 * POOLED_LEVELS * config.backbone.fpnChannels;
  const hidden = fullyConnected(walk, join(graph, pooled, 1), "image_head.fc1", {
    in: inputs,
    out: hiddenChannels,
  });
  const logits = fullyConnected(walk, relu(walk, hidden), "image_head.predictor", {
    in: hiddenChannels,
    out: config.classes.length,
  });
  return squeeze(graph, graph.add("Sigmoid", [logits]), 0);
}

/** Of a map [1, C, h, w] the mean or maximum, with a mean of 0 and a variance of 1 over its channels: [1, C]. */
function standardized(graph: Graph, map: Value, operator: string): Value {
  const [axes, keepdims] = [{ integers: [2, 3] }, { integer: 0 }];
  const values = graph.add(operator, [map], { axes, keepdims });
  const mean = (of: Value) => graph.add("ReduceMean", [of], { axes: { integers: [1] } });
  const centered = graph.add("Sub", [values, mean(values)]);
  const variance = mean(graph.add("Mul", [centered, centered]));
  const deviation = graph.add("Sqrt", [
    graph.add("Add", [variance, graph.number("float32", EPSILON)]),
  ]);
  return graph.add("Div", [centered, deviation]);
}
