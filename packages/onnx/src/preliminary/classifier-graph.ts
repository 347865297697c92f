/**
 * The classifier of radiographs as a graph of ONNX. Input: `image` [3, height, width], as `imaging` writes its
 * channels. Output: `logits` [K], before softmax and temperature.
 */
import type { ClassificationConfig, MobileNetV2Config, StructurePooling } from "@malleolus/schema";
import { type Graph, newGraph, type Value, type WeightTypes } from "../graph/graph.ts";
import { squeeze } from "../graph/tensor-steps.ts";
import { convolutionRelu6 } from "../layers/inverted-residual.ts";
import { fullyConnected, type Walk } from "../layers/layers.ts";
import { type PaddedImage, paddedImage } from "../layers/padded-image.ts";
import type { Weights } from "../weights/safetensors.ts";
import { deepLabMaps } from "./deeplab-graph.ts";
import { meanWithin } from "./mean-within.ts";
import { meansWhereFound } from "./means-where-found.ts";
import { DEEP_CHANNELS, mobileNetV2 } from "./mobilenet-v2.ts";

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
  const { value, width } =
    config.pooling.kind === "mean"
      ? wholeImage(walk, image, config.backbone)
      : whereFound(walk, image, config.backbone, config.pooling);
  const { classes } = config;
  const outputs = { in: width, out: classes.length };
  const logits = squeeze(graph, fullyConnected(walk, value, "classifier.1", outputs), 0);
  graph.output(logits, { name: "logits", type: "float32", shape: [classes.length] });
  weights.requireAllTaken();
  return graph;
}

interface Features {
  /** [1, width] */
  readonly value: Value;
  readonly width: number;
}

function wholeImage(walk: Walk, image: PaddedImage, backbone: MobileNetV2Config): Features {
  const { graph } = walk;
  const { deep, count } = mobileNetV2(walk, image.map, "", backbone);
  const shape = { in: DEEP_CHANNELS, out: FEATURES, kernel: 1 };
  const wide = convolutionRelu6(walk, deep, `features.${count}`, shape, backbone);
  const mean = meanWithin(graph, wide, image, backbone.outputStride);
  const value = graph.add("Flatten", [mean], { axis: { integer: 1 } });
  return { value, width: FEATURES };
}

function whereFound(
  walk: Walk,
  image: PaddedImage,
  backbone: MobileNetV2Config,
  { structures, aspp, decoder }: StructurePooling,
): Features {
  const { graph } = walk;
  const layers = { structures, backbone, aspp, decoder };
  const { decoded, logits } = deepLabMaps(walk, image, "segmentation.", layers);
  const probabilities = graph.add("Softmax", [logits], { axis: { integer: 1 } });
  const plain = meansWhereFound(graph, decoded, probabilities, image, structures.length);
  const width = structures.length * (decoder.channels + 1);
  const [mean, deviation] = ["standard.mean", "standard.deviation"].map((name) =>
    graph.row("float32", Array.from(walk.weights.take(name, [width]))),
  );
  const value = graph.add("Div", [graph.add("Sub", [plain, mean]), deviation]);
  return { value, width };
}
