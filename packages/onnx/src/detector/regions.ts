/**
 * From boxes to features of one size in a graph: each box is pooled with RoIAlign from the level of the
 * pyramid that fits its size. What `networks` does in `mask-rcnn/regions/region-pooling.ts`.
 */
import type { RoiConfig } from "@malleolus/schema";
import type { Graph, Value } from "../graph/graph.ts";
import { cast, cut, join, placesWhere, sizes, squeeze, take } from "../graph/tensor-steps.ts";
import { STRIDES } from "./resnet.ts";

/** Regions are pooled from p2 to p5; p6 is for proposals only. */
const FIRST_LEVEL = 2;
export const POOLED_LEVELS = 4;

/** Boxes in order of level; within a level in the order in which they came. */
export interface Regions {
  /** [n, 4] */
  readonly boxes: Value;
  /** Where each came from: int64 [n]. */
  readonly places: Value;
  readonly levels: readonly LevelRegions[];
}

interface LevelRegions {
  /** [m, 4] */
  readonly boxes: Value;
  /** Of the one image that there is: int64 zeros [m]. */
  readonly images: Value;
}

export interface Pooling {
  readonly pooledSize: number;
  /** Samples per cell and direction; 0 adapts to the region's size. */
  readonly samplingRatio: number;
}

/** Regions of boxes [n, 4]; also of none. */
export function arrangeRegions(graph: Graph, boxes: Value, config: RoiConfig): Regions {
  const own = levelsOf(graph, boxes, config);
  const places = Array.from({ length: POOLED_LEVELS }, (_, level) =>
    placesWhere(graph, graph.add("Equal", [own, graph.number("int64", level)])),
  );
  const levels = places.map((some) => ({
    boxes: take(graph, boxes, some),
    images: zerosLike(graph, some),
  }));
  return {
    boxes: join(
      graph,
      levels.map((level) => level.boxes),
      0,
    ),
    places: join(graph, places, 0),
    levels,
  };
}

/** For every place the region that came from it: int64 [n]. */
export function orderOf(graph: Graph, { places }: Regions): Value {
  const [, order] = graph.addPair("TopK", [places, sizes(graph, places, 0, 1)], {
    largest: { integer: 0 },
  });
  return order;
}

/** The features of each region from the level that fits it: [n, C, pooledSize, pooledSize]. */
export function poolRegions(
  graph: Graph,
  maps: readonly Value[],
  { levels }: Regions,
  pooling: Pooling,
): Value {
  return join(
    graph,
    levels.map(({ boxes, images }, level) =>
      roiAlign(graph, maps[level], boxes, images, { ...pooling, stride: STRIDES[level] }),
    ),
    0,
  );
}

/** The features of each region from the finest map alone. */
export function poolFromFinest(
  graph: Graph,
  map: Value,
  { boxes, places }: Regions,
  pooling: Pooling,
): Value {
  const options = { ...pooling, stride: STRIDES[0] };
  return roiAlign(graph, map, boxes, zerosLike(graph, places), options);
}

function roiAlign(
  graph: Graph,
  map: Value,
  boxes: Value,
  images: Value,
  { pooledSize, samplingRatio, stride }: Pooling & { readonly stride: number },
): Value {
  return graph.add("RoiAlign", [map, boxes, images], {
    coordinate_transformation_mode: { text: "half_pixel" },
    mode: { text: "avg" },
    output_height: { integer: pooledSize },
    output_width: { integer: pooledSize },
    sampling_ratio: { integer: samplingRatio },
    spatial_scale: { float: 1 / stride },
  });
}

/** Index of the level that fits each box, 0 for p2: int64 [n]. */
function levelsOf(graph: Graph, boxes: Value, config: RoiConfig): Value {
  const sides = graph.add("Sub", [cut(graph, boxes, 1, 2, 4), cut(graph, boxes, 1, 0, 2)]);
  const area = graph.add("Mul", [cut(graph, sides, 1, 0, 1), cut(graph, sides, 1, 1, 2)]);
  const constant = (value: number) => graph.number(graph.exact, value);
  const side = graph.add("Sqrt", [cast(graph, squeeze(graph, area, 1), graph.exact)]);
  const ratio = graph.add("Div", [side, constant(config.canonicalBoxSize)]);
  // So that a box of exactly a level's size is not below it; in float32 less would be nothing.
  const least = graph.exact === "float64" ? 1e-8 : 1e-6;
  const log = graph.add("Log", [graph.add("Add", [ratio, constant(least)])]);
  const octaves = graph.add("Div", [log, constant(Math.LN2)]);
  const level = graph.add("Floor", [
    graph.add("Add", [octaves, constant(config.canonicalLevel - FIRST_LEVEL)]),
  ]);
  const bounded = graph.add("Min", [
    graph.add("Max", [level, constant(0)]),
    constant(POOLED_LEVELS - 1),
  ]);
  return cast(graph, bounded, "int64");
}

function zerosLike(graph: Graph, places: Value): Value {
  return graph.add("Mul", [places, graph.number("int64", 0)]);
}
