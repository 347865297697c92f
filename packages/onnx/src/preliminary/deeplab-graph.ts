/**
 * DeepLabV3+ as a graph of ONNX. Input: `image` [3, height, width], as `imaging` writes its channels. Output:
 * `probabilities` [K + 1, height, width] of K structures and the background, for every pixel of the image.
 */
import type { AsppConfig, DecoderConfig, SegmentationConfig } from "@malleolus/schema";
import { type Graph, newGraph, type Value, type WeightTypes } from "../graph/graph.ts";
import { first, join, sizes, squeeze } from "../graph/tensor-steps.ts";
import { groupsOfEight } from "../layers/inverted-residual.ts";
import { convolution, normedConvolution, relu, type Walk } from "../layers/layers.ts";
import { type PaddedImage, paddedImage } from "../layers/padded-image.ts";
import type { Weights } from "../weights/safetensors.ts";
import { meanWithin } from "./mean-within.ts";
import { DEEP_CHANNELS, LOW_CHANNELS, mobileNetV2 } from "./mobilenet-v2.ts";

/** @throws OnnxError `checkpoint` for weights that are not the configuration's. */
export function deepLabGraph(
  config: SegmentationConfig,
  weights: Weights,
  weightTypes: WeightTypes,
): Graph {
  const graph = newGraph("deeplab", weightTypes);
  const walk: Walk = { graph, weights, tiles: false };
  const image = paddedImage(graph, config.sizeDivisibility);
  const labels = config.structures.length + 1;
  const { logits } = deepLabMaps(walk, image, "", config);
  const full = stretched(graph, logits, sizes(graph, image.map, 2, 4));
  const softmax = graph.add("Softmax", [full], { axis: { integer: 1 } });
  const rows = first(graph, softmax, 2, image.height);
  const probabilities = squeeze(graph, first(graph, rows, 3, image.width), 0);
  graph.output(probabilities, {
    name: "probabilities",
    type: "float32",
    shape: [labels, "height", "width"],
  });
  weights.requireAllTaken();
  return graph;
}

/** What of a segmentation a classifier needs, too. */
export type DeepLabLayers = Pick<
  SegmentationConfig,
  "structures" | "backbone" | "aspp" | "decoder"
>;

/** The decoder's map [1, channels, h, w] and the logits of labels [1, K + 1, h, w] at a quarter of the size. */
export function deepLabMaps(
  walk: Walk,
  image: PaddedImage,
  prefix: string,
  { structures, backbone, aspp, decoder }: DeepLabLayers,
): { readonly decoded: Value; readonly logits: Value } {
  const { low, deep } = mobileNetV2(walk, image.map, `${prefix}backbone.`, backbone);
  const seen = pyramid(walk, deep, image, prefix, aspp, backbone.outputStride);
  const decoded = decode(walk, low, seen, prefix, aspp, decoder);
  const predictor = { in: decoder.channels, out: structures.length + 1, kernel: 1 };
  return { decoded, logits: convolution(walk, decoded, `${prefix}predictor`, predictor) };
}

/** Atrous spatial pyramid pooling: the map through convolutions whose taps stand apart, and its mean. */
function pyramid(
  walk: Walk,
  map: Value,
  image: PaddedImage,
  prefix: string,
  { channels, rates, separable }: AsppConfig,
  stride: number,
): Value {
  const { graph } = walk;
  const branches = [
    normedRelu(walk, map, `${prefix}aspp.convs.0`, { in: DEEP_CHANNELS, out: channels, kernel: 1 }),
    ...rates.map((dilation, i) => {
      const name = `${prefix}aspp.convs.${i + 1}`;
      return separable
        ? separableRelu(walk, map, name, { in: DEEP_CHANNELS, out: channels, dilation })
        : normedRelu(walk, map, name, { in: DEEP_CHANNELS, out: channels, kernel: 3, dilation });
    }),
  ];
  const mean = meanWithin(graph, map, image, stride);
  const shape = { in: DEEP_CHANNELS, out: channels, kernel: 1 };
  const ofMean = `${prefix}aspp.convs.${branches.length}.1`;
  const average = relu(walk, convolution(walk, mean, ofMean, shape));
  const everywhere = graph.add("Expand", [
    average,
    join(graph, [graph.row("int64", [1, channels]), sizes(graph, map, 2, 4)], 0),
  ]);
  const all = join(graph, [...branches, everywhere], 1);
  const project = { in: channels * (branches.length + 1), out: channels, kernel: 1 };
  return normedRelu(walk, all, `${prefix}aspp.project`, project);
}

/** The deep map beside the low one narrowed to a few channels, and separable convolutions over both. */
function decode(
  walk: Walk,
  low: Value,
  deep: Value,
  prefix: string,
  aspp: AsppConfig,
  { lowChannels, channels, convolutions }: DecoderConfig,
): Value {
  const { graph } = walk;
  const upsampled = stretched(graph, deep, sizes(graph, low, 2, 4));
  const narrow = { in: LOW_CHANNELS, out: lowChannels, kernel: 1 };
  const narrowed = normedRelu(walk, low, `${prefix}decoder.project_conv`, narrow);
  let map = join(graph, [upsampled, narrowed], 1);
  let input = aspp.channels + lowChannels;
  for (let i = 0; i < convolutions; i++) {
    const name = `${prefix}decoder.fuse_conv.${i}`;
    map = separableRelu(walk, map, name, { in: input, out: channels });
    input = channels;
  }
  return map;
}

/** A depthwise 3x3, then 1x1 over the channels. */
function separableRelu(
  walk: Walk,
  input: Value,
  name: string,
  { in: channels, out, dilation = 1 }: { in: number; out: number; dilation?: number },
): Value {
  const depthwise = { in: channels, out: channels, kernel: 3, dilation, groups: channels };
  const apart = normedRelu(walk, input, `${name}.depthwise`, depthwise);
  return normedRelu(walk, apart, `${name}.pointwise`, { in: channels, out, kernel: 1 });
}

/** Of layers that no published file has: their norms are group norms. */
function normedRelu(
  walk: Walk,
  input: Value,
  name: string,
  shape: Parameters<typeof convolution>[3],
): Value {
  const names = { convolution: name, norm: `${name}.norm` };
  return relu(walk, normedConvolution(walk, input, names, shape, groupsOfEight(shape.out)));
}

/** Bilinear, by the centres of pixels, to a height and width [2]. */
function stretched(graph: Graph, map: Value, size: Value): Value {
  const whole = join(graph, [sizes(graph, map, 0, 2), size], 0);
  return graph.add("Resize", [map, "", "", whole], {
    mode: { text: "linear" },
    coordinate_transformation_mode: { text: "half_pixel" },
  });
}
