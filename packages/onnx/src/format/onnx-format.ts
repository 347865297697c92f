/**
 * ONNX's own records as bytes: a model holds a graph, a graph nodes, weights, inputs and outputs. Numbers of
 * fields and types are those of onnx.proto (github.com/onnx/onnx, onnx/onnx.proto).
 */
import {
  bytesField,
  type Encoded,
  floatField,
  integerField,
  messageBytes,
  messageField,
  textField,
} from "./protobuf-writer.ts";

export type ElementType = "float32" | "float16" | "float64" | "int16" | "int32" | "int64" | "bool";

/** ONNX's number of each type; a `Cast` names its target by it too. */
export const TYPE_NUMBERS: Readonly<Record<ElementType, number>> = {
  float32: 1,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
};

/** Of a node: whole numbers, a fraction, or a text. */
export type Attribute =
  | { readonly integer: number }
  | { readonly integers: readonly number[] }
  | { readonly float: number }
  | { readonly text: string };
export type Attributes = Readonly<Record<string, Attribute>>;

export interface Node {
  readonly operator: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

/** A constant: a weight, or a number that the graph needs. */
export interface Constant {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What goes in or comes out; a dimension that is not fixed has a name. */
export interface Port {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly constants: readonly Constant[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** RoiAlign by half pixels needs 16; ONNX Runtime 1.30 has no RoiAlign of 22. */
export const OPSET = 17;
/** The version of the format that came with the opset. */
const FORMAT_VERSION = 8;
const METADATA_FIELD = 14;

/** A whole file. */
export function modelBytes(
  graph: OnnxGraph,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  return messageBytes([
    integerField(1, FORMAT_VERSION),
    textField(2, "malleolus"),
    messageField(7, graphFields(graph)),
    messageField(8, [textField(1, ""), integerField(2, OPSET)]),
    ...Object.entries(metadata).map(([key, value]) =>
      messageField(METADATA_FIELD, [textField(1, key), textField(2, value)]),
    ),
  ]);
}

function graphFields({ name, nodes, constants, inputs, outputs }: OnnxGraph): Encoded[] {
  return [
    ...nodes.map((node) => messageField(1, nodeFields(node))),
    textField(2, name),
    ...constants.map((constant) => messageField(5, constantFields(constant))),
    ...inputs.map((port) => messageField(11, portFields(port))),
    ...outputs.map((port) => messageField(12, portFields(port))),
  ];
}

function nodeFields({ operator, name, inputs, outputs, attributes }: Node): Encoded[] {
  return [
    ...inputs.map((input) => textField(1, input)),
    ...outputs.map((output) => textField(2, output)),
    textField(3, name),
    textField(4, operator),
    ...Object.entries(attributes).map(([key, value]) =>
      messageField(5, [textField(1, key), ...attributeFields(value)]),
    ),
  ];
}

function attributeFields(attribute: Attribute): Encoded[] {
  if ("float" in attribute) return [floatField(2, attribute.float), integerField(20, 1)];
  if ("integer" in attribute) return [integerField(3, attribute.integer), integerField(20, 2)];
  if ("text" in attribute) return [textField(4, attribute.text), integerField(20, 3)];
  return [...attribute.integers.map((value) => integerField(8, value)), integerField(20, 7)];
}

function constantFields({ name, type, shape, bytes }: Constant): Encoded[] {
  return [
    ...shape.map((size) => integerField(1, size)),
    integerField(2, TYPE_NUMBERS[type]),
    textField(8, name),
    bytesField(9, bytes),
  ];
}

function portFields({ name, type, shape }: Port): Encoded[] {
  const dimensions = shape.map((size) =>
    messageField(1, [typeof size === "number" ? integerField(1, size) : textField(2, size)]),
  );
  const tensor = [integerField(1, TYPE_NUMBERS[type]), messageField(2, dimensions)];
  return [textField(1, name), messageField(2, [messageField(1, tensor)])];
}
