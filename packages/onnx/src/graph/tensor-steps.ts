/**
 * Steps with tensors that take several attributes or constants in ONNX: cutting, joining, arranging. What one
 * node says as well stands as that node where it is used.
 */
import { type ElementType, TYPE_NUMBERS } from "../format/onnx-format.ts";
import type { Graph, Value } from "./graph.ts";

export function cast(graph: Graph, value: Value, type: ElementType): Value {
  return graph.add("Cast", [value], { to: { integer: TYPE_NUMBERS[type] } });
}

/** The sizes of some dimensions, from `start` to before `end`: int64 [end - start]. */
export function sizes(graph: Graph, value: Value, start: number, end: number): Value {
  return graph.add("Shape", [value], { start: { integer: start }, end: { integer: end } });
}

/** From `start` to before `end` along an axis. */
export function cut(graph: Graph, value: Value, axis: number, start: number, end: number): Value {
  const [from, to, along] = [start, end, axis].map((number) => graph.row("int64", [number]));
  return graph.add("Slice", [value, from, to, along]);
}

/** The first along an axis; as many as a value [1] says. */
export function first(graph: Graph, value: Value, axis: number, count: Value): Value {
  const [from, along] = [0, axis].map((number) => graph.row("int64", [number]));
  return graph.add("Slice", [value, from, count, along]);
}

export function join(graph: Graph, values: readonly Value[], axis: number): Value {
  return values.length === 1 ? values[0] : graph.add("Concat", values, { axis: { integer: axis } });
}

/** Entries along an axis; those that `places` names, in its order. */
export function take(graph: Graph, value: Value, places: Value, axis = 0): Value {
  return graph.add("Gather", [value, places], { axis: { integer: axis } });
}

export function transpose(graph: Graph, value: Value, order: readonly number[]): Value {
  return graph.add("Transpose", [value], { perm: { integers: order } });
}

/** A 0 keeps the size that is there, -1 takes what is left: never of a tensor that may be empty. */
export function reshape(graph: Graph, value: Value, shape: readonly number[]): Value {
  return graph.add("Reshape", [value, graph.row("int64", shape)]);
}

export function unsqueeze(graph: Graph, value: Value, axis: number): Value {
  return graph.add("Unsqueeze", [value, graph.row("int64", [axis])]);
}

export function squeeze(graph: Graph, value: Value, axis: number): Value {
  return graph.add("Squeeze", [value, graph.row("int64", [axis])]);
}

/** Where a bool [n] holds: int64 [m]. */
export function placesWhere(graph: Graph, condition: Value): Value {
  return squeeze(graph, graph.add("NonZero", [condition]), 0);
}

/** The greatest of a row by falling value, at most `most` of them, and their places: [k] each. */
export function greatest(
  graph: Graph,
  values: Value,
  most: number,
): { readonly values: Value; readonly places: Value } {
  const count = graph.add("Min", [sizes(graph, values, 0, 1), graph.row("int64", [most])]);
  const [sorted, places] = graph.addPair("TopK", [values, count]);
  return { values: sorted, places };
}
