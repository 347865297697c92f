/**
 * Boxes in a graph: decoded from their references, clipped, and freed of duplicates, by the rules that
 * `networks` has in `boxes/`. Boxes are [..., 4], x1, y1, x2, y2. Sums are float64 and rounded once, as there:
 * which of two boxes that overlap by about the threshold stays hangs on the last bit. An engine without float64 may
 * so keep another one.
 */
import type { BoxWeights } from "@malleolus/schema";
import type { Graph, Value } from "../graph/graph.ts";
import { cast, cut, join, take } from "../graph/tensor-steps.ts";

/** A box grows to at most 1000 / 16 of its reference, whatever the network says. */
const MAX_LOG_RATIO = Math.log(1000 / 16);
/** Beyond it nothing is finite in float32; not a number is below nothing. */
const LARGEST = 3e38;
/** A score below all others. */
const NO_SCORE = -3.4e38;

/** The boxes [..., 4] to which the deltas turn the references; these broadcast. */
export function decodeBoxes(
  graph: Graph,
  deltas: Value,
  references: Value,
  weights: BoxWeights,
): Value {
  const half = graph.number(graph.exact, 2);
  const scaled = graph.add("Div", [
    cast(graph, deltas, graph.exact),
    graph.row(graph.exact, weights),
  ]);
  const corners = cast(graph, references, graph.exact);
  const start = cut(graph, corners, -1, 0, 2);
  const sides = graph.add("Sub", [cut(graph, corners, -1, 2, 4), start]);
  const moved = graph.add("Mul", [cut(graph, scaled, -1, 0, 2), sides]);
  const middles = graph.add("Add", [start, graph.add("Div", [sides, half])]);
  const centers = graph.add("Add", [middles, moved]);
  const limit = graph.number(graph.exact, MAX_LOG_RATIO);
  const ratios = graph.add("Exp", [graph.add("Min", [cut(graph, scaled, -1, 2, 4), limit])]);
  const halves = graph.add("Div", [graph.add("Mul", [ratios, sides]), half]);
  const ends = [graph.add("Sub", [centers, halves]), graph.add("Add", [centers, halves])];
  return cast(graph, join(graph, ends, -1), "float32");
}

/** Moved inside the image, whose `limits` [4] are width, height, width, height. */
export function clipBoxes(graph: Graph, boxes: Value, limits: Value): Value {
  const inside = graph.add("Max", [boxes, graph.number("float32", 0)]);
  return graph.add("Min", [inside, limits]);
}

/** Whether all coordinates of a box are finite: bool [...]. */
export function areFiniteBoxes(graph: Graph, boxes: Value): Value {
  const sum = graph.add("ReduceSum", [boxes, graph.row("int64", [-1])], {
    keepdims: { integer: 0 },
  });
  return areFiniteNumbers(graph, sum);
}

export function areFiniteNumbers(graph: Graph, values: Value): Value {
  return graph.add("Less", [graph.add("Abs", [values]), graph.number("float32", LARGEST)]);
}

/** Whether both sides of a box are longer than `side` pixels: bool [...]. */
export function areLargerThan(graph: Graph, boxes: Value, side: number): Value {
  const sides = graph.add("Sub", [cut(graph, boxes, -1, 2, 4), cut(graph, boxes, -1, 0, 2)]);
  const [axes, keepdims] = [{ integers: [-1] }, { integer: 0 }];
  const shorter = graph.add("ReduceMin", [sides], { axes, keepdims });
  return graph.add("Greater", [shorter, graph.number("float32", side)]);
}

/**
 * Suppression within each group on its own: [m, 3], a group, a 0 and a box a row; group after group, each by
 * falling score, at most `most` of each.
 *
 * @param boxes [groups, n, 4]
 * @param scores [groups, 1, n]
 * @param above [1]; a box whose score is not above it is as if it was not there
 */
export function suppress(
  graph: Graph,
  boxes: Value,
  scores: Value,
  rule: { readonly threshold: number; readonly most: number; readonly above: Value },
): Value {
  return graph.add("NonMaxSuppression", [
    boxes,
    scores,
    graph.row("int64", [rule.most]),
    graph.row("float32", [largestFloatNotAbove(rule.threshold)]),
    rule.above,
  ]);
}

/** Scores of what is not usable fall below all others. */
export function scoresOf(graph: Graph, scores: Value, usable: readonly Value[]): Value {
  const all = usable.reduce((one, other) => graph.add("And", [one, other]));
  return graph.add("Where", [all, scores, graph.number("float32", NO_SCORE)]);
}

/** Above which every score is that is usable: [1]. */
export function anyScore(graph: Graph): Value {
  return graph.row("float32", [-LARGEST]);
}

/** Of what `suppress` gives, the boxes [m] or the groups [m]. */
export function column(graph: Graph, winners: Value, index: 0 | 2): Value {
  return take(graph, winners, graph.number("int64", index), 1);
}

/** Which overlaps exceed a threshold must not hang on its rounding. */
function largestFloatNotAbove(value: number): number {
  const nearest = Math.fround(value);
  if (nearest <= value) return nearest;
  const bits = new Int32Array(Float32Array.of(nearest).buffer);
  return new Float32Array(Int32Array.of(bits[0] - 1).buffer)[0];
}
