/** Tensors from numbers and typed arrays, and tensors of another dtype, device or layout. */

import { call, tensorOf } from "./dispatch.ts";
import type { Device, DType, MemoryFormat } from "./dtype.ts";
import { dtypeOfArray } from "./dtype.ts";
import { TorchError } from "./errors.ts";
import { native, type TypedArray } from "./native.ts";
import { Tensor } from "./tensor.ts";

/** Numbers nested in arrays, as deep as the tensor has dimensions. */
export type Nested = number | bigint | boolean | readonly Nested[];

export interface TensorOptions {
  readonly dtype?: DType | undefined;
  readonly device?: Device | undefined;
}

/**
 * A tensor of given numbers: `tensor([[1, 2], [3, 4]])`. float32 unless `dtype` says otherwise;
 * int64 where all are bigints, bool where all are booleans.
 *
 * @throws TorchError `argument` when rows differ in length.
 */
export function tensor(values: Nested, options: TensorOptions = {}): Tensor {
  const shape = shapeOf(values);
  const flat: (number | bigint | boolean)[] = [];
  flatten(values, shape, 0, flat);
  const dtype = options.dtype ?? dtypeOfValues(flat);
  const device = options.device ?? "cpu";
  const data =
    dtype === "int64"
      ? BigInt64Array.from(flat, (value) => wholeNumber(value))
      : Float64Array.from(flat, Number);
  return fromTypedArray(data, shape, { dtype, device });
}

/**
 * A tensor that copies a typed array. The array's own dtype is the default; another one is
 * converted to, except that a Uint16Array holds the bits of `bfloat16` or `float16`.
 *
 * To a GPU it is copied by way of pinned memory, so that nobody waits: the array may be changed at
 * once, and the tensor used.
 *
 * @throws TorchError `argument` when the number of elements is not the shape's.
 */
export function fromTypedArray(
  data: TypedArray,
  shape: readonly number[],
  options: TensorOptions = {},
): Tensor {
  const device = options.device ?? "cpu";
  if (data instanceof Uint16Array) {
    if (options.dtype !== "bfloat16" && options.dtype !== "float16") {
      throw new TorchError(
        "argument",
        `a Uint16Array holds bfloat16 or float16 as bits, not ${options.dtype ?? "an unnamed dtype"}`,
      );
    }
    return tensorOf(native.fromTypedArray(data, shape, options.dtype, device));
  }
  const own = options.dtype === "bool" && data instanceof Uint8Array ? "bool" : dtypeOfArray(data);
  const made = tensorOf(native.fromTypedArray(data, shape, own, device));
  if (options.dtype === undefined || options.dtype === own) return made;
  try {
    return made.to(options.dtype);
  } finally {
    made.free();
  }
}

declare module "./tensor.ts" {
  interface Tensor {
    /** In another dtype, device or memory format; itself without a change. */
    to(target: DType | ToOptions): Tensor;
    /** As numbers, whatever the dtype is. */
    toFloat32Array(): Float32Array;
    /** int64 and narrower integers as numbers. @throws TorchError beyond 2^53. */
    toNumbers(): number[];
  }
}

export interface ToOptions {
  readonly dtype?: DType;
  readonly device?: Device;
  readonly memoryFormat?: MemoryFormat;
}

Tensor.prototype.to = function to(this: Tensor, target: DType | ToOptions): Tensor {
  const { dtype, device, memoryFormat } = typeof target === "string" ? { dtype: target } : target;
  const result = call(
    "aten::to.dtype_layout",
    this,
    dtype,
    undefined,
    device,
    undefined,
    false,
    false,
    memoryFormat,
  );
  if (!(result instanceof Tensor))
    throw new TorchError("operator", "internal: to returned no tensor");
  return result;
};

Tensor.prototype.toFloat32Array = function toFloat32Array(this: Tensor): Float32Array {
  const floats = this.to("float32");
  let array: TypedArray;
  try {
    array = floats.toTypedArray();
  } finally {
    floats.free();
  }
  if (!(array instanceof Float32Array))
    throw new TorchError("operator", "internal: no Float32Array");
  return array;
};

Tensor.prototype.toNumbers = function toNumbers(this: Tensor): number[] {
  const array =
    this.dtype === "bfloat16" || this.dtype === "float16"
      ? this.toFloat32Array()
      : this.toTypedArray();
  return Array.from<number | bigint, number>(array, (value) => {
    const number = Number(value);
    if (typeof value === "bigint" && !Number.isSafeInteger(number)) {
      throw new TorchError("argument", `toNumbers: ${value} does not fit a number`);
    }
    return number;
  });
};

function shapeOf(values: Nested): number[] {
  const shape: number[] = [];
  let level: Nested = values;
  while (typeof level === "object") {
    shape.push(level.length);
    const first: Nested | undefined = level[0];
    if (first === undefined) break;
    level = first;
  }
  return shape;
}

function flatten(
  values: Nested,
  shape: readonly number[],
  depth: number,
  out: (number | bigint | boolean)[],
): void {
  if (typeof values !== "object") {
    if (depth !== shape.length) throw ragged(shape, depth);
    out.push(values);
    return;
  }
  if (values.length !== shape[depth]) throw ragged(shape, depth);
  for (const value of values) flatten(value, shape, depth + 1, out);
}

function ragged(shape: readonly number[], depth: number): TorchError {
  return new TorchError(
    "argument",
    `tensor: expected rows of equal length (the first ones give shape [${shape.join(", ")}]), got another at depth ${depth}`,
  );
}

function dtypeOfValues(values: readonly (number | bigint | boolean)[]): DType {
  if (values.length > 0 && values.every((value) => typeof value === "bigint")) return "int64";
  if (values.length > 0 && values.every((value) => typeof value === "boolean")) return "bool";
  return "float32";
}

function wholeNumber(value: number | bigint | boolean): bigint {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new TorchError("argument", `tensor: expected an integer for int64, got ${value}`);
  }
  return BigInt(value);
}
