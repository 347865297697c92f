/**
 * The box head and what it finds in a graph: class and box of every proposal, of every class the confident
 * boxes without duplicates, of the image the best. What `networks` does in `mask-rcnn/regions/box-head.ts`
 * and `box-inference.ts`.
 *
 * Shapes: n proposals, K classes, m detections. All may be 0.
 */
import type { BoxWeights, MaskRcnnConfig } from "@malleolus/schema";
import type { Value } from "../graph/graph.ts";
import { cut, greatest, reshape, take, transpose, unsqueeze } from "../graph/tensor-steps.ts";
import { fullyConnected, relu, type Walk } from "../layers/layers.ts";
import {
  areFiniteBoxes,
  areLargerThan,
  clipBoxes,
  column,
  decodeBoxes,
  scoresOf,
  suppress,
} from "./box-steps.ts";
import { arrangeRegions, orderOf, POOLED_LEVELS, poolRegions, type Regions } from "./regions.ts";

/** Where the weights of each box head lie: below `_head` and `_predictor`. */
const [FIRST, SECOND] = ["roi_heads.box", "roi_heads.second_box"] as const;

/** By falling score. */
export interface BoxDetections {
  /** Clipped to the image: [m, 4]. */
  readonly boxes: Value;
  /** int64 [m] */
  readonly classes: Value;
  /** [m] */
  readonly scores: Value;
  /** Of the region of each, every class's probability, without the background: [m, K]. */
  readonly probabilities: Value;
}

/** @param threshold [1]; detections that do not score above it are left out */
export function detectBoxes(
  walk: Walk,
  maps: readonly Value[],
  regions: Regions,
  limits: Value,
  threshold: Value,
  config: MaskRcnnConfig,
): BoxDetections {
  const { graph } = walk;
  const { roi } = config;
  const classCount = config.classes.length;
  const pooled = poolRegions(graph, maps.slice(0, POOLED_LEVELS), regions, roi.box);
  const hidden = boxHead(walk, pooled, FIRST, config);
  const predict = (name: string, out: number) =>
    fullyConnected(walk, hidden, `${FIRST}_predictor.${name}`, {
      in: roi.box.fullyConnectedChannels,
      out,
    });
  const all = graph.add("Softmax", [predict("cls_score", classCount + 1)], {
    axis: { integer: 1 },
  });
  const probabilities = cut(graph, all, 1, 0, classCount); // [n, K]
  const deltas = reshape(graph, predict("bbox_pred", classCount * 4), [0, classCount, 4]);
  const around = unsqueeze(graph, regions.boxes, 1); // [n, 1, 4]
  const decoded = decodeBoxes(graph, deltas, around, roi.box.boxWeights); // [n, K, 4]
  const usable = scoresOf(graph, probabilities, [
    areFiniteBoxes(graph, decoded),
    graph.add("LessOrEqual", [probabilities, graph.number("float32", 1)]),
  ]);
  // A class's boxes are its own: each class is suppressed like an image of a batch.
  const boxes = transpose(graph, clipBoxes(graph, decoded, limits), [1, 0, 2]); // [K, n, 4]
  const scores = transpose(graph, usable, [1, 0]); // [K, n]
  const winners = suppress(graph, boxes, unsqueeze(graph, scores, 1), {
    threshold: roi.nmsThreshold,
    most: roi.detectionsPerImage,
    above: threshold,
  });
  const pairs = take(graph, winners, graph.row("int64", [0, 2]), 1); // [m', 2]
  const best = greatest(graph, graph.add("GatherND", [scores, pairs]), roi.detectionsPerImage);
  const chosen = take(graph, winners, best.places);
  return {
    boxes: graph.add("GatherND", [boxes, take(graph, pairs, best.places)]),
    classes: column(graph, chosen, 0),
    scores: best.values,
    probabilities: take(graph, probabilities, column(graph, chosen, 2)),
  };
}

/** A box head that detections go through again: where its weights lie, and how its deltas are coded. */
interface Regressor {
  readonly name: typeof FIRST | typeof SECOND;
  readonly boxWeights: BoxWeights;
}

/** Those of a configuration, in their order: the first head again, then the second one. */
export function regressorsOf({ roi }: MaskRcnnConfig): Regressor[] {
  const first: Regressor = { name: FIRST, boxWeights: roi.box.boxWeights };
  const again = Array.from({ length: roi.boxRegressions - 1 }, () => first);
  const { secondBoxHead } = roi;
  return secondBoxHead === null
    ? again
    : [...again, { name: SECOND, boxWeights: secondBoxHead.boxWeights }];
}

/** The boxes of detections sent through a box head once more, as `networks` has it in `regress-again.ts`: [m, 4]. */
export function regressAgain(
  walk: Walk,
  maps: readonly Value[],
  { boxes, classes }: Pick<BoxDetections, "boxes" | "classes">,
  limits: Value,
  { name, boxWeights }: Regressor,
  config: MaskRcnnConfig,
): Value {
  const { graph } = walk;
  const { roi } = config;
  const regions = arrangeRegions(graph, boxes, roi);
  const pooled = poolRegions(graph, maps.slice(0, POOLED_LEVELS), regions, roi.box);
  const all = fullyConnected(
    walk,
    boxHead(walk, pooled, name, config),
    `${name}_predictor.bbox_pred`,
    {
      in: roi.box.fullyConnectedChannels,
      out: config.classes.length * 4,
    },
  );
  const deltas = reshape(graph, all, [0, config.classes.length, 4]);
  const own = graph.add(
    "GatherND",
    [deltas, unsqueeze(graph, take(graph, classes, regions.places), 1)],
    {
      batch_dims: { integer: 1 },
    },
  ); // [m, 4]
  const moved = decodeBoxes(graph, own, regions.boxes, boxWeights);
  const clipped = clipBoxes(graph, moved, limits);
  const areBoxes = graph.add("And", [
    areFiniteBoxes(graph, moved),
    areLargerThan(graph, clipped, 0),
  ]);
  const kept = graph.add("Where", [unsqueeze(graph, areBoxes, 1), clipped, regions.boxes]);
  return take(graph, kept, orderOf(graph, regions));
}

/** [n, C, S, S] to [n, D] */
function boxHead(
  walk: Walk,
  pooled: Value,
  name: Regressor["name"],
  { backbone, roi: { box } }: MaskRcnnConfig,
): Value {
  let hidden = walk.graph.add("Flatten", [pooled], { axis: { integer: 1 } });
  for (let i = 0; i < box.fullyConnectedLayers; i++) {
    const first = backbone.fpnChannels * box.pooledSize ** 2;
    const shape = {
      in: i === 0 ? first : box.fullyConnectedChannels,
      out: box.fullyConnectedChannels,
    };
    hidden = relu(walk, fullyConnected(walk, hidden, `${name}_head.fc${i + 1}`, shape));
  }
  return hidden;
}
