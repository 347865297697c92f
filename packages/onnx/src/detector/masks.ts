/**
 * The masks of detections in a graph, each on its grid: the mask head on the final boxes, and of its channels
 * the one of each detection's class. What `networks` does in `mask-rcnn/regions/mask-*.ts`. They are not
 * pasted here: in the image they would take hundreds of megabytes, and `imaging` pastes them.
 *
 * Shapes: m detections, K classes, S pooled size, M the grid's: 2 S, or 4 S of the fine head.
 */
import type { FineMaskHeadConfig, MaskRcnnConfig } from "@malleolus/schema";
import type { Value } from "../graph/graph.ts";
import { take, unsqueeze } from "../graph/tensor-steps.ts";
import { convolution, doubling, relu, type Walk } from "../layers/layers.ts";
import type { BoxDetections } from "./box-detections.ts";
import {
  arrangeRegions,
  orderOf,
  POOLED_LEVELS,
  poolFromFinest,
  poolRegions,
  type Regions,
} from "./regions.ts";

const HEAD = "roi_heads.mask_head";

/** Probabilities [m, M, M], in the order of the detections. */
export function detectMasks(
  walk: Walk,
  maps: readonly Value[],
  found: BoxDetections,
  config: MaskRcnnConfig,
): Value {
  const { graph } = walk;
  const { mask } = config.roi;
  const regions = arrangeRegions(graph, found.boxes, config.roi);
  const pooled = poolRegions(graph, maps.slice(0, POOLED_LEVELS), regions, mask);
  const coarse = trunk(walk, pooled, config);
  const { head } = mask;
  const last =
    head.kind === "fine" ? refined(walk, coarse, maps[0], regions, config, head) : coarse;
  const logits = convolution(walk, last, `${HEAD}.predictor`, {
    in: head.kind === "fine" ? head.detailChannels : mask.channels,
    out: config.classes.length,
    kernel: 1,
  }); // [m, K, M, M]
  const classes = unsqueeze(graph, take(graph, found.classes, regions.places), 1);
  const own = graph.add("GatherND", [logits, classes], { batch_dims: { integer: 1 } });
  return graph.add("Sigmoid", [take(graph, own, orderOf(graph, regions))]);
}

/** Some convolutions, and a transposed one to twice the resolution: [m, C, 2 S, 2 S]. */
function trunk(walk: Walk, pooled: Value, { backbone, roi: { mask } }: MaskRcnnConfig): Value {
  let hidden = pooled;
  let channels = backbone.fpnChannels;
  for (let i = 0; i < mask.convolutions; i++) {
    const shape = { in: channels, out: mask.channels, kernel: 3 };
    hidden = relu(walk, convolution(walk, hidden, `${HEAD}.mask_fcn${i + 1}`, shape));
    channels = mask.channels;
  }
  return relu(walk, doubling(walk, hidden, `${HEAD}.deconv`, { in: channels, out: mask.channels }));
}

/** The fine grid, to which the finest map adds what lies between the coarse one's cells: [m, D, 4 S, 4 S]. */
function refined(
  walk: Walk,
  coarse: Value,
  finest: Value,
  regions: Regions,
  { backbone, roi: { mask } }: MaskRcnnConfig,
  { detailChannels: channels, refinements }: FineMaskHeadConfig,
): Value {
  const { graph } = walk;
  const up = doubling(walk, coarse, `${HEAD}.upsample`, { in: mask.channels, out: channels });
  const narrowed = convolution(walk, finest, `${HEAD}.detail`, {
    in: backbone.fpnChannels,
    out: channels,
    kernel: 1,
  });
  const fine = poolFromFinest(graph, narrowed, regions, {
    pooledSize: 4 * mask.pooledSize,
    samplingRatio: mask.samplingRatio,
  });
  let hidden = relu(walk, graph.add("Add", [up, fine]));
  for (let i = 0; i < refinements; i++) {
    const shape = { in: channels, out: channels, kernel: 3 };
    hidden = relu(walk, convolution(walk, hidden, `${HEAD}.refine${i + 1}`, shape));
  }
  return hidden;
}
