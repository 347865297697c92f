/** Graphs as ONNX Runtime reads them: what is built here has to be understood there. */
import assert from "node:assert/strict";
import test from "node:test";
import * as runtime from "onnxruntime-node";
import { readMetadata } from "../format/read-metadata.ts";
import { newGraph, type WeightType } from "./graph.ts";
import { cast, cut, greatest, join, placesWhere, take, transpose } from "./tensor-steps.ts";

const numbers = (values: readonly number[], shape: readonly number[]) =>
  new runtime.Tensor("float32", Float32Array.from(values), shape);

async function run(
  bytes: Uint8Array,
  inputs: Readonly<Record<string, runtime.Tensor>>,
): Promise<Record<string, (number | string)[]>> {
  const session = await runtime.InferenceSession.create(bytes);
  const outputs = await session.run(inputs);
  await session.release();
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data }]) => [name, [...data].map((one) => Number(one))]),
  );
}

test("newGraph: steps with rows of any length, and of none", async () => {
  const graph = newGraph("steps", () => "float32");
  const row = graph.input({ name: "row", type: "float32", shape: ["n"] });
  const { values, places } = greatest(graph, row, 3);
  graph.output(values, { name: "greatest", type: "float32", shape: ["k"] });
  graph.output(places, { name: "places", type: "int64", shape: ["k"] });
  const positive = placesWhere(graph, graph.add("Greater", [row, graph.number("float32", 0)]));
  graph.output(take(graph, row, positive), { name: "positive", type: "float32", shape: ["m"] });
  const twice = join(graph, [row, row], 0);
  graph.output(cut(graph, twice, 0, 1, 3), { name: "cut", type: "float32", shape: ["c"] });
  const bytes = graph.bytes({});
  assert.deepEqual(await run(bytes, { row: numbers([3, -1, 7, 5], [4]) }), {
    greatest: [7, 5, 3],
    places: [2, 3, 0],
    positive: [3, 7, 5],
    cut: [-1, 7],
  });
  const none = await run(bytes, { row: numbers([], [0]) });
  assert.deepEqual(none, { greatest: [], places: [], positive: [], cut: [] });
});

const [shareOfTwo, shareOf70000] = [2, 70_000].map((greatest) => Math.fround(greatest / 32_767));
/** Of 1/3 and 70,000, which float16 does not hold; whole numbers count shares of a row's greatest. A row stays exact. */
const stored: readonly (readonly [WeightType, number[]])[] = [
  ["float32", [Math.fround(1 / 3), 2, 70_000, 1 / 3]],
  ["float16", [0.333251953125, 2, 70_000, 1 / 3]],
  ["int16", [5461 * shareOfTwo, 32_767 * shareOfTwo, 32_767 * shareOf70000, 1 / 3]],
];
for (const [weightType, expected] of stored) {
  test(`newGraph: weights in ${weightType}, each once`, async () => {
    const graph = newGraph("weights", () => weightType);
    const matrix = Float32Array.of(1 / 3, 2);
    const first = graph.weight("matrix", matrix, [1, 2]);
    assert.equal(graph.weight("matrix", matrix, [1, 2]), first);
    const large = graph.weight("large", Float32Array.of(70_000), [1, 1]);
    const row = graph.weight("row", Float32Array.of(1 / 3), [1]);
    const flat = [transpose(graph, first, [1, 0]), large].map((value) =>
      graph.add("Reshape", [value, graph.row("int64", [-1])]),
    );
    graph.output(join(graph, [...flat, row], 0), { name: "all", type: "float32", shape: [4] });
    const { all } = await run(graph.bytes({}), {});
    assert.deepEqual(all, expected.map(Math.fround));
  });
}

test("newGraph: metadata come back, whatever the graph holds", async () => {
  const graph = newGraph("metadata", () => "float32");
  const own = graph.input({ name: "own", type: "float32", shape: [1] });
  graph.output(cast(graph, own, "int32"), { name: "whole", type: "int32", shape: [1] });
  const bytes = graph.bytes({ format: "x", config: '{"a": "é"}' });
  assert.deepEqual(readMetadata(bytes, "a file"), { format: "x", config: '{"a": "é"}' });
  assert.deepEqual(await run(bytes, { own: numbers([2.7], [1]) }), { whole: [2] });
  assert.throws(
    () => readMetadata(bytes.subarray(0, 40), "a file"),
    /^OnnxError: a file: not a whole/,
  );
});
