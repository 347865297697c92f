/**
 * A graph of ONNX as it is built: every call adds a node and gives back the name of what comes out, so that
 * the walk of a network reads like its forward. Constants that are equal are kept once. Nothing is computed
 * here, and no shape is checked: ONNX Runtime does both.
 */
import {
  type Attributes,
  type Constant,
  modelBytes,
  type Node,
  type Port,
  TYPE_NUMBERS,
} from "../format/onnx-format.ts";

/** The name of a tensor in the graph. */
export type Value = string;

export interface Graph {
  /** What goes in; a dimension that is not fixed has a name. */
  input(port: Port): Value;
  /** Gives a value out under a name of its own. */
  output(value: Value, port: Port): void;
  /** A node with one result. */
  add(operator: string, inputs: readonly Value[], attributes?: Attributes): Value;
  /** A node with two. */
  addPair(operator: string, inputs: readonly Value[], attributes?: Attributes): [Value, Value];
  /**
   * A weight, kept once under its name; halved where the graph halves them and float16 holds it.
   */
  weight(name: string, values: Float32Array, shape: readonly number[]): Value;
  /** Numbers as a row [n]. */
  row(type: NumberType, values: readonly number[]): Value;
  /** A number without a shape. */
  number(type: NumberType, value: number): Value;
  /** Numbers of any shape. */
  table(type: NumberType, values: readonly number[], shape: readonly number[]): Value;
  /** The whole file. */
  bytes(metadata: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer>;
}

export type NumberType = "float32" | "float64" | "int64";

/** What is stored of matrices and kernels; the graph computes in float32 all the same. */
export type WeightType = "float32" | "float16";

export function newGraph(name: string, weightType: WeightType): Graph {
  const nodes: Node[] = [];
  const constants: Constant[] = [];
  const inputs: Port[] = [];
  const outputs: Port[] = [];
  const known = new Map<string, Value>();

  const node = (
    operator: string,
    given: readonly Value[],
    count: number,
    attributes: Attributes,
  ) => {
    const own = `${operator}_${nodes.length}`;
    const results = Array.from({ length: count }, (_, i) => (i === 0 ? own : `${own}_${i}`));
    nodes.push({ operator, name: own, inputs: given, outputs: results, attributes });
    return results;
  };
  const add: Graph["add"] = (operator, given, attributes = {}) =>
    node(operator, given, 1, attributes)[0];
  const table: Graph["table"] = (type, values, shape) => {
    const key = `${type}_${shape.join("x")}_${values.join("_")}`;
    const existing = known.get(key);
    if (existing !== undefined) return existing;
    const own = `constant_${known.size}`;
    constants.push({ name: own, type, shape, bytes: bytesOf(type, values) });
    known.set(key, own);
    return own;
  };
  return {
    input(port) {
      inputs.push(port);
      return port.name;
    },
    output(value, port) {
      nodes.push({
        operator: "Identity",
        name: `${port.name}_out`,
        inputs: [value],
        outputs: [port.name],
        attributes: {},
      });
      outputs.push(port);
    },
    add,
    addPair(operator, given, attributes = {}) {
      const [first, second] = node(operator, given, 2, attributes);
      return [first, second];
    },
    weight(own, values, shape) {
      const existing = known.get(own);
      if (existing !== undefined) return existing;
      // Biases and norms stay exact: they are small.
      if (weightType === "float32" || shape.length < 2 || !values.every(fitsHalf)) {
        constants.push({ name: own, type: "float32", shape, bytes: rawBytes(values) });
        known.set(own, own);
        return own;
      }
      const halved = `${own}.half`;
      const bytes = rawBytes(new Float16Array(values));
      constants.push({ name: halved, type: "float16", shape, bytes });
      const whole = add("Cast", [halved], { to: { integer: TYPE_NUMBERS.float32 } });
      known.set(own, whole);
      return whole;
    },
    table,
    row: (type, values) => table(type, values, [values.length]),
    number: (type, value) => table(type, [value], []),
    bytes: (metadata) => modelBytes({ name, nodes, constants, inputs, outputs }, metadata),
  };
}

const LARGEST_HALF = 65_504;

function fitsHalf(value: number): boolean {
  return Math.abs(value) <= LARGEST_HALF;
}

/** Little-endian, as all machines are that this runs on. */
function bytesOf(type: NumberType, values: readonly number[]): Uint8Array<ArrayBuffer> {
  switch (type) {
    case "float32":
      return rawBytes(Float32Array.from(values));
    case "float64":
      return rawBytes(Float64Array.from(values));
    case "int64":
      return rawBytes(BigInt64Array.from(values, BigInt));
  }
}

/** A copy: the array may be a view of a whole file. */
function rawBytes(
  array: Float32Array | Float64Array | Float16Array | BigInt64Array,
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
}
