/**
 * A Mask R-CNN as one graph of ONNX, from an image of any size to detections with their masks on their grids:
 * the walk of a detector's configuration, as `networks` walks it for LibTorch.
 *
 * Inputs: `image` [3, height, width], as `imaging` writes its channels, and `score_threshold` [1]. Outputs, of
 * n detections by falling score: `boxes` [n, 4] in the image's pixels, `classes` int32 [n], `scores` [n],
 * `probabilities` [n, K], `masks` [n, M, M]; and of a network with an image head `shown` [K].
 */
import { type MaskRcnnConfig, maskSide } from "@malleolus/schema";
import { type Graph, newGraph, type WeightTypes } from "../graph/graph.ts";
import { cast, join } from "../graph/tensor-steps.ts";
import type { Walk } from "../layers/layers.ts";
import { type PaddedImage, paddedImage } from "../layers/padded-image.ts";
import type { Weights } from "../weights/safetensors.ts";
import { detectBoxes, regressAgain, regressorsOf } from "./box-detections.ts";
import { shownClasses } from "./image-head.ts";
import { detectMasks } from "./masks.ts";
import { proposeBoxes } from "./proposals.ts";
import { arrangeRegions } from "./regions.ts";
import { featurePyramid } from "./resnet.ts";

export const SCORE_THRESHOLD = "score_threshold";

/**
 * @throws OnnxError `config` for anchors that cannot be built, `checkpoint` for weights that are not the
 *   configuration's.
 */
export function detectorGraph(
  config: MaskRcnnConfig,
  weights: Weights,
  weightTypes: WeightTypes,
  forBrowser: boolean,
): Graph {
  const graph = newGraph("mask-rcnn", weightTypes, forBrowser ? "float32" : "float64");
  const walk: Walk = { graph, weights, tiles: forBrowser };
  const image = paddedImage(graph, config.sizeDivisibility);
  const threshold = graph.input({ name: SCORE_THRESHOLD, type: "float32", shape: [1] });
  const limits = limitsOf(graph, image);

  const maps = featurePyramid(walk, image.map, config.backbone);
  const proposals = proposeBoxes(walk, maps, limits, config);
  const regions = arrangeRegions(graph, proposals, config.roi);
  let found = detectBoxes(walk, maps, regions, limits, threshold, config);
  for (const regressor of regressorsOf(config)) {
    found = { ...found, boxes: regressAgain(walk, maps, found, limits, regressor, config) };
  }
  const masks = detectMasks(walk, maps, found, config);

  const [count, classes, side] = ["detections", config.classes.length, maskSide(config)];
  graph.output(found.boxes, { name: "boxes", type: "float32", shape: [count, 4] });
  graph.output(cast(graph, found.classes, "int32"), {
    name: "classes",
    type: "int32",
    shape: [count],
  });
  graph.output(found.scores, { name: "scores", type: "float32", shape: [count] });
  graph.output(found.probabilities, {
    name: "probabilities",
    type: "float32",
    shape: [count, classes],
  });
  graph.output(masks, { name: "masks", type: "float32", shape: [count, side, side] });
  if (config.imageHead !== null) {
    const shown = shownClasses(walk, maps, image, config, config.imageHead.hiddenChannels);
    graph.output(shown, { name: "shown", type: "float32", shape: [classes] });
  }
  weights.requireAllTaken();
  return graph;
}

/** How far the corners of boxes may go: width, height, twice. [4] */
function limitsOf(graph: Graph, { width, height }: PaddedImage) {
  return cast(graph, join(graph, [width, height, width, height], 0), "float32");
}
