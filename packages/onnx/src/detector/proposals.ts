/**
 * The region proposal network in a graph: of each level the best anchors, decoded, clipped, freed of
 * duplicates; of the image the best of those. What `networks` does in `mask-rcnn/proposals/`.
 */
import type { MaskRcnnConfig, RpnConfig } from "@malleolus/schema";
import { OnnxError } from "../errors.ts";
import type { Graph, Value } from "../graph/graph.ts";
import {
  cast,
  greatest,
  join,
  reshape,
  sizes,
  take,
  transpose,
  unsqueeze,
} from "../graph/tensor-steps.ts";
import { convolution, relu, type Walk } from "../layers/layers.ts";
import {
  anyScore,
  areFiniteBoxes,
  areFiniteNumbers,
  areLargerThan,
  clipBoxes,
  column,
  decodeBoxes,
  scoresOf,
  suppress,
} from "./box-steps.ts";
import { fitsTiles, STRIDES } from "./resnet.ts";

/** Boxes and their scores, by falling score. */
interface Scored {
  /** [n, 4] */
  readonly boxes: Value;
  /** [n] */
  readonly scores: Value;
}

/** Boxes [n, 4] within the image, by falling score. `limits` [4]: width, height, width, height. */
export function proposeBoxes(
  walk: Walk,
  maps: readonly Value[],
  limits: Value,
  config: MaskRcnnConfig,
): Value {
  const { graph } = walk;
  const { rpn } = config;
  const cells = cellAnchors(config);
  const found = predictions(walk, maps, config, cells[0].length / 4).map((predicted, level) => {
    const candidates = bestOfLevel(graph, predicted, rpn.preNms.test);
    const around = anchorsAt(graph, candidates.places, maps[level], {
      cells: cells[level],
      stride: STRIDES[level],
      offset: config.anchors.offset,
    });
    const decoded = decodeBoxes(graph, candidates.deltas, around, rpn.boxWeights);
    return withoutDuplicates(graph, decoded, candidates.scores, limits, rpn);
  });
  const scores = join(
    graph,
    found.map((one) => one.scores),
    0,
  );
  const boxes = join(
    graph,
    found.map((one) => one.boxes),
    0,
  );
  return take(graph, boxes, greatest(graph, scores, rpn.postNms.test).places);
}

interface Predicted {
  /** [R] */
  readonly logits: Value;
  /** [R, 4] */
  readonly deltas: Value;
}

/** One set of three convolutions for all levels. */
function predictions(
  walk: Walk,
  maps: readonly Value[],
  config: MaskRcnnConfig,
  anchors: number,
): Predicted[] {
  const channels = config.backbone.fpnChannels;
  const head = "proposal_generator.rpn_head";
  const { graph } = walk;
  return maps.map((map, level) => {
    const shape = { in: channels, out: channels, kernel: 3, tiled: fitsTiles(level) };
    const hidden = relu(walk, convolution(walk, map, `${head}.conv`, shape));
    const single = (name: string, out: number) =>
      transpose(
        graph,
        convolution(walk, hidden, `${head}.${name}`, { in: channels, out, kernel: 1 }),
        [0, 2, 3, 1],
      );
    return {
      logits: reshape(graph, single("objectness_logits", anchors), [-1]),
      deltas: reshape(graph, single("anchor_deltas", anchors * 4), [-1, 4]),
    };
  });
}

function bestOfLevel(graph: Graph, { logits, deltas }: Predicted, most: number) {
  const { values, places } = greatest(graph, logits, most);
  return { scores: values, places, deltas: take(graph, deltas, places) };
}

/** The anchors [k, 4] of some places among those of a level: row, column, then the cell's anchors. */
function anchorsAt(
  graph: Graph,
  places: Value,
  map: Value,
  level: { readonly cells: Float32Array; readonly stride: number; readonly offset: number },
): Value {
  const perCell = level.cells.length / 4;
  const count = graph.number("int64", perCell);
  const cell = graph.add("Div", [places, count]);
  const width = sizes(graph, map, 3, 4);
  const pixel = (index: Value) => {
    const moved = graph.add("Add", [
      cast(graph, index, "float32"),
      graph.number("float32", level.offset),
    ]);
    const at = graph.add("Mul", [moved, graph.number("float32", level.stride)]);
    return unsqueeze(graph, at, 1);
  };
  const x = pixel(graph.add("Mod", [cell, width]));
  const y = pixel(graph.add("Div", [cell, width]));
  const shapes = graph.table("float32", [...level.cells], [perCell, 4]);
  const own = take(graph, shapes, graph.add("Mod", [places, count]));
  return graph.add("Add", [join(graph, [x, y, x, y], 1), own]);
}

/** Clips, drops empty and infinite boxes, and suppresses within the level. */
function withoutDuplicates(
  graph: Graph,
  decoded: Value,
  scores: Value,
  limits: Value,
  rule: RpnConfig,
): Scored {
  const boxes = clipBoxes(graph, decoded, limits);
  const usable = scoresOf(graph, scores, [
    areFiniteNumbers(graph, scores),
    areFiniteBoxes(graph, decoded),
    areLargerThan(graph, boxes, rule.minBoxSize),
  ]);
  const rows = unsqueeze(graph, unsqueeze(graph, usable, 0), 0);
  const winners = suppress(graph, unsqueeze(graph, boxes, 0), rows, {
    threshold: rule.nmsThreshold,
    most: rule.preNms.test,
    above: anyScore(graph),
  });
  const kept = column(graph, winners, 2);
  return { boxes: take(graph, boxes, kept), scores: take(graph, scores, kept) };
}

/**
 * Of each level the anchors around the origin: of every size all ratios. [anchors * 4]
 *
 * @throws OnnxError `config` for levels with different numbers of anchors.
 */
function cellAnchors({ anchors: { sizes: all, aspectRatios } }: MaskRcnnConfig): Float32Array[] {
  const counts = all.map((own) => own.length);
  if (counts.some((count) => count !== counts[0])) {
    throw new OnnxError(
      "config",
      `anchors: expected as many sizes on every level, got ${counts.join(", ")}; give each as many`,
    );
  }
  return all.map((own) =>
    Float32Array.from(
      own.flatMap((size) =>
        aspectRatios.flatMap((ratio) => {
          const width = Math.sqrt((size * size) / ratio);
          const height = ratio * width;
          return [-width / 2, -height / 2, width / 2, height / 2];
        }),
      ),
    ),
  );
}
