import assert from "node:assert/strict";
import { test } from "node:test";
import {
  add,
  arange,
  bytesOf,
  type DType,
  div,
  empty,
  eye,
  fromTypedArray,
  full,
  fullLike,
  hasCuda,
  linspace,
  liveTensors,
  ones,
  onesLike,
  rand,
  randn,
  randperm,
  type Tensor,
  type TypedArray,
  tensor,
  zeros,
} from "./index.ts";
import { assertTorchError, tensorTest } from "./test-tensors.ts";

// --- Copies of every dtype --------------------------------------------------------------------

const copies: readonly { dtype: DType; array: TypedArray; numbers: readonly number[] }[] = [
  {
    dtype: "float32",
    array: Float32Array.of(0, -1.5, 3.4e38, Number.NaN, -0, Number.POSITIVE_INFINITY),
    numbers: [0, -1.5, Math.fround(3.4e38), Number.NaN, -0, Number.POSITIVE_INFINITY],
  },
  {
    dtype: "float64",
    array: Float64Array.of(0, Math.PI, -1e300, 2 ** -1074, 1, 2),
    numbers: [0, Math.PI, -1e300, 2 ** -1074, 1, 2],
  },
  {
    dtype: "bfloat16",
    array: Uint16Array.of(0, 0x3f80, 0xc000, 0x7f80, 0x4049, 0x8000),
    numbers: [0, 1, -2, Number.POSITIVE_INFINITY, 3.140625, -0],
  },
  {
    dtype: "float16",
    array: Uint16Array.of(0, 0x3c00, 0xc000, 0x7c00, 0x4248, 0x0001),
    numbers: [0, 1, -2, Number.POSITIVE_INFINITY, 3.140625, 2 ** -24],
  },
  {
    dtype: "int64",
    array: BigInt64Array.of(0n, -1n, 2n ** 53n - 1n, -(2n ** 53n) + 1n, 7n, 8n),
    numbers: [0, -1, 2 ** 53 - 1, -(2 ** 53) + 1, 7, 8],
  },
  {
    dtype: "int32",
    array: Int32Array.of(0, -1, 2147483647, -2147483648, 5, 6),
    numbers: [0, -1, 2147483647, -2147483648, 5, 6],
  },
  {
    dtype: "int16",
    array: Int16Array.of(0, -1, 32767, -32768, 5, 6),
    numbers: [0, -1, 32767, -32768, 5, 6],
  },
  {
    dtype: "int8",
    array: Int8Array.of(0, -1, 127, -128, 5, 6),
    numbers: [0, -1, 127, -128, 5, 6],
  },
  {
    dtype: "uint8",
    array: Uint8Array.of(0, 1, 127, 128, 255, 6),
    numbers: [0, 1, 127, 128, 255, 6],
  },
  { dtype: "bool", array: Uint8Array.of(0, 1, 1, 0, 1, 0), numbers: [0, 1, 1, 0, 1, 0] },
];

for (const { dtype, array, numbers } of copies) {
  tensorTest(`fromTypedArray: ${dtype} arrives and comes back bit by bit`, () => {
    const made = fromTypedArray(array, [2, 3], { dtype });
    assert.equal(made.dtype, dtype);
    assert.deepEqual(made.shape, [2, 3]);
    assert.equal(made.size, 6);
    assert.equal(made.device, "cpu");
    const back = made.toTypedArray();
    assert.equal(back.constructor, array.constructor);
    assert.deepEqual(back, array);
    assert.deepEqual(made.toNumbers(), [...numbers]);
    assert.equal(bytesOf(dtype), array.BYTES_PER_ELEMENT);
    assert.deepEqual([...made.toFloat32Array()], numbers.map(Math.fround));

    const target = made.toTypedArray();
    new Uint8Array(target.buffer).fill(255);
    made.copyTo(target);
    assert.deepEqual(target, array);

    // A copy: what happens to the array afterwards is not seen.
    new Uint8Array(array.buffer).fill(255);
    assert.deepEqual(made.toNumbers(), [...numbers]);
  });
}

tensorTest("fromTypedArray: converts to another dtype, and leaves nothing behind", () => {
  const before = liveTensors();
  const made = fromTypedArray(Int16Array.of(1, 2), [2], { dtype: "bfloat16" });
  assert.equal(liveTensors(), before + 1);
  assert.equal(made.dtype, "bfloat16");
  assert.deepEqual(made.toNumbers(), [1, 2]);
  assert.deepEqual(fromTypedArray(Uint8ClampedArray.of(300), [1]).toNumbers(), [255]);
  const view = new Float32Array([1, 2, 3, 4]).subarray(1, 3);
  assert.deepEqual(fromTypedArray(view, [2]).toNumbers(), [2, 3]);
});

tensorTest("fromTypedArray: wrong lengths, dtypes and arrays are refused", () => {
  const array = new Float32Array(6);
  assertTorchError(() => fromTypedArray(array, [2, 2]), "argument", /expected 4 elements, got 6/);
  assertTorchError(() => fromTypedArray(array, [-2, -3]), "argument", /negative/);
  assertTorchError(() => fromTypedArray(array, [2 ** 40, 2 ** 40, 2]), "argument", /too large/);
  assertTorchError(() => fromTypedArray(new Uint16Array(6), [6]), "argument", /bfloat16/);
  assertTorchError(() => fromTypedArray(new Uint16Array(6), [6], { dtype: "int16" }), "argument");
  for (const foreign of [
    new BigUint64Array(1),
    new Uint32Array(1),
    new DataView(array.buffer),
    [],
  ]) {
    assertTorchError(() => fromTypedArray(Object(foreign), [1]), "argument");
  }
  assertTorchError(() => zeros([6]).copyTo(new Float64Array(6)), "argument", /does not hold/);
  assertTorchError(() => zeros([6]).copyTo(new Float32Array(5)), "argument", /expected 6/);
});

tensorTest("fromTypedArray: an array whose buffer was transferred has no elements any more", () => {
  const array = new Float32Array(4);
  structuredClone(array, { transfer: [array.buffer] });
  assertTorchError(() => fromTypedArray(array, [4]), "argument", /expected 4 elements, got 0/);
  assert.deepEqual(fromTypedArray(array, [0]).shape, [0]);
});

tensorTest("fromTypedArray: shared and resizable memory", () => {
  const shared = new Float32Array(new SharedArrayBuffer(8));
  shared.set([1, 2]);
  assert.deepEqual(fromTypedArray(shared, [2]).toNumbers(), [1, 2]);
  ones([2]).copyTo(shared);
  assert.deepEqual([...shared], [1, 1]);
  const growing = new ArrayBuffer(8, { maxByteLength: 16 });
  const tracking = new Float32Array(growing);
  growing.resize(16);
  assert.deepEqual(fromTypedArray(tracking, [4]).toNumbers(), [0, 0, 0, 0]);
  growing.resize(4);
  assertTorchError(() => fromTypedArray(tracking, [4]), "argument", /got 1/);
});

// --- Tensors of given numbers ---------------------------------------------------------------

tensorTest("tensor: shape and dtype come from the values", () => {
  const cases: readonly [Tensor, number[], DType, number[]][] = [
    [tensor(5), [], "float32", [5]],
    [tensor([]), [0], "float32", []],
    [tensor([[], []]), [2, 0], "float32", []],
    [
      tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      [2, 3],
      "float32",
      [1, 2, 3, 4, 5, 6],
    ],
    [tensor([1n, -2n]), [2], "int64", [1, -2]],
    [tensor([true, false]), [2], "bool", [1, 0]],
    [tensor([1, 2], { dtype: "int64" }), [2], "int64", [1, 2]],
    [tensor([1.5, 2], { dtype: "float64" }), [2], "float64", [1.5, 2]],
    [tensor([1, 0, 2], { dtype: "bool" }), [3], "bool", [1, 0, 1]],
    [tensor([[1, 2]], { dtype: "bfloat16" }), [1, 2], "bfloat16", [1, 2]],
    [tensor([200, 7], { dtype: "uint8" }), [2], "uint8", [200, 7]],
  ];
  for (const [made, shape, dtype, numbers] of cases) {
    assert.deepEqual(made.shape, shape);
    assert.equal(made.dtype, dtype);
    assert.deepEqual(made.toNumbers(), numbers);
  }
  const before = liveTensors();
  tensor([1, 2]);
  assert.equal(liveTensors(), before + 1, "nothing is left behind on the way");
});

tensorTest("tensor: rows of different length or depth, and halves as integers, are refused", () => {
  for (const ragged of [
    [[1, 2], [3]],
    [[1], 2],
    [1, [2]],
    [[[1]], [[1, 2]]],
  ]) {
    assertTorchError(() => tensor(ragged), "argument", /rows of equal length/);
  }
  assertTorchError(() => tensor([1.5], { dtype: "int64" }), "argument", /expected an integer/);
  assertTorchError(() => tensor([Number.NaN], { dtype: "int64" }), "argument");
});

tensorTest("item and toNumbers: integers beyond 2^53 are errors, not other integers", () => {
  const big = fromTypedArray(BigInt64Array.of(2n ** 53n + 1n), [1]);
  assertTorchError(() => big.item(), "argument", /9007199254740993/);
  assertTorchError(() => big.toNumbers(), "argument", /9007199254740993/);
  assert.deepEqual(big.toTypedArray(), BigInt64Array.of(2n ** 53n + 1n));
  assert.equal(tensor([[2.5]]).item(), 2.5);
  assert.equal(tensor(true).item(), 1);
  assert.equal(tensor(-3n).item(), -3);
  assertTorchError(() => zeros([2]).item(), "operator", /item/);
  assertTorchError(() => zeros([0]).item(), "operator");
});

// --- Scalars ----------------------------------------------------------------------------------

tensorTest("scalars: a number is a float unless every tensor argument is integral", () => {
  const floats = tensor([1, 2]);
  const integers = tensor([1n, 2n]);
  const bytes = tensor([1, 2], { dtype: "uint8" });
  const flags = tensor([true, false]);
  const halves = floats.to("bfloat16");
  const cases: readonly [string, Tensor, DType, number[]][] = [
    ["float + 1", floats.add(1), "float32", [2, 3]],
    ["float + 1n", floats.add(1n), "float32", [2, 3]],
    ["int + 1", integers.add(1), "int64", [2, 3]],
    ["int + 1.5", integers.add(1.5), "float32", [2.5, 3.5]],
    ["int * 2n", integers.mul(2n), "int64", [2, 4]],
    ["int / 2", integers.div(2), "float32", [0.5, 1]],
    ["byte + 1", bytes.add(1), "uint8", [2, 3]],
    ["bool + 1", flags.add(1), "int64", [2, 1]],
    ["bool + true", flags.add(true), "bool", [1, 1]],
    ["bfloat16 * 2", halves.mul(2), "bfloat16", [2, 4]],
    ["int + int, alpha 2", integers.add(integers, { alpha: 2 }), "int64", [3, 6]],
    ["float + int, alpha 0.5", floats.add(integers, { alpha: 0.5 }), "float32", [1.5, 3]],
    ["float + float64 tensor", floats.add(tensor([1, 1], { dtype: "float64" })), "float64", [2, 3]],
    ["full", full([2], 1), "float32", [1, 1]],
    ["full bigint", full([2], 1n), "int64", [1, 1]],
    ["full int64", full([2], 1, { dtype: "int64" }), "int64", [1, 1]],
    ["fullLike of integers", fullLike(integers, 3), "int64", [3, 3]],
    ["arange", arange(0, 2), "float32", [0, 1]],
    ["arange bigint", arange(0n, 2n), "int64", [0, 1]],
    ["linspace", linspace(0, 1, 3), "float32", [0, 0.5, 1]],
    ["clamp of integers", integers.clamp({ max: 1 }), "int64", [1, 1]],
  ];
  for (const [what, made, dtype, numbers] of cases) {
    assert.equal(made.dtype, dtype, what);
    assert.deepEqual(made.toNumbers(), numbers, what);
  }
  const huge = fromTypedArray(BigInt64Array.of(2n ** 60n), [1]).add(2n ** 60n);
  assert.deepEqual(huge.toTypedArray(), BigInt64Array.of(2n ** 61n));
});

tensorTest("factories: float32 on the CPU unless asked otherwise", () => {
  for (const made of [zeros([2]), ones([2]), empty([2]), rand([2]), randn([2]), eye(2)]) {
    assert.equal(made.dtype, "float32");
    assert.equal(made.device, "cpu");
  }
  assert.equal(zeros([2], { dtype: "bool" }).dtype, "bool");
  assert.deepEqual(
    [...randperm(50).toNumbers()].sort((a, b) => a - b),
    [...Array(50).keys()],
  );
  assert.equal(onesLike(zeros([2]), { dtype: "int32" }).dtype, "int32");
});

// --- Views, layouts, devices --------------------------------------------------------------------

tensorTest("views: share memory with what they view; reshape and permute order as written", () => {
  const base = arange(0, 6).reshape([2, 3]);
  const row = base.select(0, 1);
  row.fill_(9);
  assert.deepEqual(base.toNumbers(), [0, 1, 2, 9, 9, 9]);
  assert.deepEqual(base.transpose(0, 1).toNumbers(), [0, 9, 1, 9, 2, 9]);
  assert.deepEqual(base.transpose(0, 1).strides, [1, 3]);
  assert.equal(base.transpose(0, 1).isContiguous(), false);
  assert.equal(base.transpose(0, 1).contiguous().isContiguous(), true);
  assert.deepEqual(base.permute([1, 0]).shape, [3, 2]);
  assert.deepEqual(base.reshape([-1]).shape, [6]);
  assert.deepEqual(base.unsqueeze(0).squeeze(0).shape, [2, 3]);
  const copy = base.clone();
  copy.zero_();
  assert.equal(base.at(1, 0).item(), 9);
  const parts = base.split(1, { dim: 1 });
  assert.deepEqual(
    parts.map((part) => part.toNumbers()),
    [
      [0, 9],
      [1, 9],
      [2, 9],
    ],
  );
});

tensorTest("memory formats: channels-last keeps shape and values and moves the strides", () => {
  const plain = arange(0, 24).reshape([1, 2, 3, 4]);
  const last = plain.to({ memoryFormat: "channelsLast" });
  assert.deepEqual(last.shape, [1, 2, 3, 4]);
  assert.deepEqual(last.strides, [24, 1, 8, 2]);
  assert.equal(last.isContiguous("channelsLast"), true);
  assert.equal(last.isContiguous(), false);
  assert.deepEqual(last.toNumbers(), plain.toNumbers());
  assert.deepEqual(last.relu().strides, last.strides, "operators keep it");
  assert.deepEqual(last.to({ memoryFormat: "contiguous" }).strides, plain.strides);
  assert.deepEqual(last.clone({ memoryFormat: "preserve" }).strides, last.strides);
  assert.equal(
    empty([1, 2, 3, 4], { memoryFormat: "channelsLast" }).isContiguous("channelsLast"),
    true,
  );
  assertTorchError(() => plain.at(0).to({ memoryFormat: "channelsLast" }), "operator", /rank 4/);
});

tensorTest("to: another dtype is another tensor, the same one shares its memory", () => {
  const base = tensor([1.75, -2.5]);
  assert.deepEqual(base.to("int64").toNumbers(), [1, -2]);
  assert.deepEqual(base.to("bfloat16").toNumbers(), [1.75, -2.5]);
  const same = base.to("float32");
  same.fill_(3);
  assert.deepEqual(base.toNumbers(), [3, 3]);
});

test("devices: a tensor made on cuda computes there and comes back", {
  skip: hasCuda() ? false : "no CUDA device: LibTorch has none, or finds no GPU",
}, () => {
  const there = tensor([1, 2], { device: "cuda" });
  assert.equal(there.device, "cuda:0");
  assert.deepEqual(there.add(1).toNumbers(), [2, 3]);
  assert.deepEqual(there.to({ device: "cpu" }).device, "cpu");
});

tensorTest("devices: what is not there, or is not a device, is refused by name", () => {
  if (!hasCuda()) {
    assertTorchError(() => zeros([1], { device: "cuda" }), "argument", /cuda.*no CUDA/);
    assertTorchError(() => tensor([1], { device: "cuda:0" }), "argument", /cuda:0/);
  }
  assertTorchError(() => zeros([1], { device: Object("meta").toString() }), "argument", /"meta"/);
  assertTorchError(() => zeros([1], { device: "cuda:99" }), "argument", /cuda:99/);
});

// --- Lifetime of one tensor ---------------------------------------------------------------------

test("free: gives the memory back at once; using the tensor afterwards is a `freed` error", () => {
  const before = liveTensors();
  const made = tensor([1, 2]);
  const view = made.at(0);
  made.free();
  made.free();
  assert.equal(made.isFreed, true);
  assert.equal(String(made), "Tensor(freed)");
  assert.equal(view.item(), 1, "a view keeps the memory");
  for (const use of [
    () => made.shape,
    () => made.dtype,
    () => made.item(),
    () => made.toTypedArray(),
    () => made.grad,
    () => made.requiresGrad_(),
    () => made.keep(),
    () => made.add(1),
    () => add(view, made),
    () => view.copy_(made),
    () => made.at(0),
    () => made.to("int64"),
  ]) {
    assertTorchError(use, "freed", /freed/);
  }
  view.free();
  assert.equal(liveTensors(), before);
});

tensorTest("toString: shape, dtype and device", () => {
  assert.equal(String(zeros([2, 3], { dtype: "int64" })), "Tensor([2, 3], int64, cpu)");
  assert.equal(String(div(ones([]), 2)), "Tensor([], float32, cpu)");
});
