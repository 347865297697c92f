/** A convolution by tiles beside ONNX Runtime's own, on maps of every number of tiles. */
import assert from "node:assert/strict";
import test from "node:test";
import * as runtime from "onnxruntime-node";
import { newGraph } from "../graph/graph.ts";
import { tiledConvolution } from "./tiled-convolution.ts";

const SHAPE = { in: 5, out: 3 };

/** From -0.5 to 0.5, the same every time. */
function numbers(count: number): Float32Array {
  let state = count;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}

const graph = newGraph("both", () => "float32");
const input = graph.input({ name: "map", type: "float32", shape: [1, SHAPE.in, "h", "w"] });
const kernel = graph.weight("kernel", numbers(SHAPE.in * SHAPE.out * 9), [
  SHAPE.out,
  SHAPE.in,
  3,
  3,
]);
const bias = graph.weight("bias", numbers(SHAPE.out), [SHAPE.out]);
const port = (name: string) => ({
  name,
  type: "float32" as const,
  shape: [1, SHAPE.out, "h", "w"],
});
graph.output(tiledConvolution(graph, input, kernel, bias, SHAPE), port("tiled"));
const plain = graph.add("Conv", [input, kernel, bias], { pads: { integers: [1, 1, 1, 1] } });
graph.output(plain, port("plain"));
const model = graph.bytes({});

for (const [height, width] of [
  [4, 4],
  [4, 12],
  [20, 8],
] as const) {
  test(`tiledConvolution: a map of ${height} x ${width}`, async () => {
    const session = await runtime.InferenceSession.create(model);
    const shape = [1, SHAPE.in, height, width];
    const map = new runtime.Tensor("float32", numbers(SHAPE.in * height * width), shape);
    const outputs = await session.run({ map });
    await session.release();
    assert.deepEqual(outputs.tiled.dims, [1, SHAPE.out, height, width]);
    const [tiled, own] = [outputs.tiled.data, outputs.plain.data].map((data) =>
      [...data].map(Number),
    );
    own.forEach((value, i) => {
      assert.ok(Math.abs(tiled[i] - value) < 1e-5, `${tiled[i]}, expected ${value} at ${i}`);
    });
    assert.ok(own.some((value) => Math.abs(value) > 0.5));
  });
}
