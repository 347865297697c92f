import assert from "node:assert/strict";
import test from "node:test";
import { OnnxError } from "../errors.ts";
import { readNetworkBytes } from "./safetensors.ts";

function fileOf(header: object, data: Uint8Array): Uint8Array {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, data]);
}

const bytesOf = (array: Float32Array | Uint16Array) => new Uint8Array(array.buffer);

/** 1.5 and -2 as float32, as bfloat16 and as float16. */
const data = Buffer.concat([
  bytesOf(Float32Array.of(1.5, -2)),
  bytesOf(Uint16Array.of(0x3fc0, 0xc000)),
  bytesOf(Uint16Array.of(0x3e00, 0xc000)),
]);
const header = {
  __metadata__: { format: "malleolus-detector-2" },
  whole: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
  brain: { dtype: "BF16", shape: [1, 2], data_offsets: [8, 12] },
  half: { dtype: "F16", shape: [2, 1], data_offsets: [12, 16] },
};

test("readNetworkBytes: tensors of every dtype as float32, and the metadata", () => {
  const { metadata, weights } = readNetworkBytes(fileOf(header, data), "a file");
  assert.equal(metadata.format, "malleolus-detector-2");
  assert.deepEqual([...weights.take("whole", [2])], [1.5, -2]);
  assert.deepEqual([...weights.take("brain", [1, 2])], [1.5, -2]);
  assert.deepEqual([...weights.take("half", [2, 1])], [1.5, -2]);
  weights.requireAllTaken();
});

function checkRefused(name: string, act: () => unknown, expected: RegExp): void {
  test(`readNetworkBytes: refuses ${name}`, () => {
    assert.throws(act, (error: unknown) => {
      assert.ok(error instanceof OnnxError && error.code === "checkpoint");
      assert.match(error.message, /^a file: .*give the model\.safetensors|^a file: .*save/);
      assert.match(error.message, expected);
      return true;
    });
  });
}

const open = (file: Uint8Array) => readNetworkBytes(file, "a file");
const whole = fileOf(header, data);
checkRefused("nothing", () => open(new Uint8Array(3)), /3 bytes/);
checkRefused("a text", () => open(Buffer.from("these are no weights")), /its header claims/);
checkRefused(
  "a header that is no JSON",
  () => open(Buffer.concat([whole.subarray(0, 8), Buffer.alloc(whole.length)])),
  /no JSON object/,
);
checkRefused(
  "a file that was cut",
  () => open(whole.subarray(0, whole.length - 1)),
  /data of half/,
);
checkRefused(
  "bytes that do not fit the shape",
  () => open(fileOf({ ...header, half: { ...header.half, shape: [3] } }, data)),
  /entry of half/,
);
checkRefused(
  "a tensor that is not there",
  () => open(whole).weights.take("other", [2]),
  /missing tensor other/,
);
checkRefused(
  "another shape",
  () => open(whole).weights.take("whole", [1]),
  /shape \[2\] instead of \[1\]/,
);
checkRefused(
  "a tensor that nobody takes",
  () => {
    const { weights } = open(whole);
    weights.take("brain", [1, 2]);
    weights.take("half", [2, 1]);
    weights.requireAllTaken();
  },
  /unexpected tensor whole/,
);
checkRefused(
  "whole numbers",
  () =>
    open(fileOf({ ...header, whole: { ...header.whole, dtype: "I64" } }, data)).weights.take(
      "whole",
      [2],
    ),
  /got I64/,
);
