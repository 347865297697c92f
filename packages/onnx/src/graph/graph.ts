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
  /** The type of sums that are rounded once; float32 for engines without float64. */
  readonly exact: "float64" | "float32";
  /** What goes in; a dimension that is not fixed has a name. */
  input(port: Port): Value;
  /** Gives a value out under a name of its own. */
  output(value: Value, port: Port): void;
  /** A node with one result. */
  add(operator: string, inputs: readonly Value[], attributes?: Attributes): Value;
  /** A node with two. */
  addPair(operator: string, inputs: readonly Value[], attributes?: Attributes): [Value, Value];
  /**
   * A weight, kept once under its name and as the graph stores it; in float32 where float16 cannot hold it.
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

/**
 * How a matrix or kernel is stored; the graph computes in float32 all the same. `int16`: whole numbers, and a
 * scale for each row (of the first dimension) by which its greatest is 32,767.
 */
export type WeightType = "float32" | "float16" | "int16";

/** By the name of the tensor. */
export type WeightTypes = (tensor: string) => WeightType;

export function newGraph(
  name: string,
  typeOf: WeightTypes,
  exact: Graph["exact"] = "float64",
): Graph {
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
    exact,
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
      const type = shape.length < 2 ? "float32" : typeOf(own);
      const widened = (stored: string) =>
        add("Cast", [stored], { to: { integer: TYPE_NUMBERS.float32 } });
      let whole = own;
      if (type === "float16" && values.every(fitsHalf)) {
        const bytes = rawBytes(new Float16Array(values));
        constants.push({ name: `${own}.half`, type: "float16", shape, bytes });
        whole = widened(`${own}.half`);
      } else if (type === "int16") {
        const { numbers, scales } = scaledRows(values, shape[0]);
        const each = [shape[0], ...shape.slice(1).map(() => 1)];
        constants.push({ name: `${own}.whole`, type: "int16", shape, bytes: rawBytes(numbers) });
        constants.push({
          name: `${own}.scale`,
          type: "float32",
          shape: each,
          bytes: rawBytes(scales),
        });
        whole = add("Mul", [widened(`${own}.whole`), `${own}.scale`]);
      } else {
        constants.push({ name: own, type: "float32", shape, bytes: rawBytes(values) });
      }
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

const LARGEST_INT16 = 32_767;

/** Every row as whole numbers, and what one of them is worth. */
function scaledRows(values: Float32Array, rows: number) {
  const length = values.length / rows;
  const numbers = new Int16Array(values.length);
  const scales = new Float32Array(rows).fill(1);
  for (let row = 0; row < rows; row++) {
    let greatest = 0;
    for (let i = row * length; i < (row + 1) * length; i++) {
      greatest = Math.max(greatest, Math.abs(values[i]));
    }
    if (greatest === 0) continue;
    scales[row] = greatest / LARGEST_INT16;
    for (let i = row * length; i < (row + 1) * length; i++) {
      numbers[i] = Math.max(
        -LARGEST_INT16,
        Math.min(LARGEST_INT16, Math.round(values[i] / scales[row])),
      );
    }
  }
  return { numbers, scales };
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
  array: Float32Array | Float64Array | Float16Array | Int16Array | BigInt64Array,
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
}
