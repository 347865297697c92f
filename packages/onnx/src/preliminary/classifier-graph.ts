/**
 * The classifier of radiographs as a graph of ONNX. Input: `image` [3, height, width], as `imaging` writes its
 * channels. Output: `logits` [K], before softmax and temperature.
 */
import type { ClassificationConfig } from "@malleolus/schema";
import { type Graph, newGraph, type WeightTypes } from "../graph/graph.ts";
import { squeeze } from "../graph/tensor-steps.ts";
import { fullyConnected, type Walk } from "../layers/layers.ts";
import { paddedImage } from "../layers/padded-image.ts";
import type { Weights } from "../weights/safetensors.ts";
import { meanWithin } from "./mean-within.ts";
import { convolutionRelu6, DEEP_CHANNELS, mobileNetV2 } from "./mobilenet-v2.ts";

const FEATURES = 1280;

/** @throws OnnxError `checkpoint` for weights that are not the configuration's. */
export function classifierGraph(
  config: ClassificationConfig,
  weights: Weights,
  weightTypes: WeightTypes,
): Graph {
  const graph = newGraph("classifier", weightTypes);
  const walk: Walk = { graph, weights, tiles: false };
  const image = paddedImage(graph, config.sizeDivisibility);
  const { backbone, classes } = config;
  const { deep, count } = mobileNetV2(walk, image.map, "", backbone);
  const shape = { in: DEEP_CHANNELS, out: FEATURES, kernel: 1 };
  const wide = convolutionRelu6(walk, deep, `features.${count}`, shape, backbone);
  const mean = meanWithin(graph, wide, image, backbone.outputStride);
  const features = graph.add("Flatten", [mean], { axis: { integer: 1 } });
  const outputs = { in: FEATURES, out: classes.length };
  const logits = squeeze(graph, fullyConnected(walk, features, "classifier.1", outputs), 0);
  graph.output(logits, { name: "logits", type: "float32", shape: [classes.length] });
  weights.requireAllTaken();
  return graph;
}
