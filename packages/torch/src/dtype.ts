/** Element types, devices and memory layouts, and which typed array holds which elements. */
import { TorchError } from "./errors.ts";
import type { TypedArray } from "./native.ts";

export const DTYPES = [
  "float32",
  "float64",
  "bfloat16",
  "float16",
  "int64",
  "int32",
  "int16",
  "int8",
  "uint8",
  "bool",
] as const;
export type DType = (typeof DTYPES)[number];

/** `cpu`, `cuda` (the current one) or `cuda:0`. */
export type Device = "cpu" | "cuda" | `cuda:${number}`;

/** `contiguous` is NCHW; `channelsLast` keeps that shape and stores NHWC. */
export type MemoryFormat = "contiguous" | "channelsLast" | "preserve";

export function parseDType(text: string): DType {
  const known = DTYPES.find((name) => name === text);
  if (known === undefined) {
    throw new TorchError(
      "argument",
      `unknown dtype "${text}": expected one of ${DTYPES.join(", ")}`,
    );
  }
  return known;
}

export function parseDevice(text: string): Device {
  if (text === "cpu" || text === "cuda") return text;
  const match = /^cuda:(\d+)$/.exec(text);
  if (match === null) {
    throw new TorchError(
      "argument",
      `unknown device "${text}": expected cpu, cuda or cuda:<number>`,
    );
  }
  return `cuda:${Number(match[1])}`;
}

/** Bytes of one element. */
export function bytesOf(dtype: DType): number {
  switch (dtype) {
    case "float64":
    case "int64":
      return 8;
    case "float32":
    case "int32":
      return 4;
    case "bfloat16":
    case "float16":
    case "int16":
      return 2;
    case "int8":
    case "uint8":
    case "bool":
      return 1;
  }
}

/** The dtype whose elements a typed array holds as they are. Uint16Array has none: say which half. */
export function dtypeOfArray(array: TypedArray): DType {
  if (array instanceof Float32Array) return "float32";
  if (array instanceof Float64Array) return "float64";
  if (array instanceof BigInt64Array) return "int64";
  if (array instanceof Int32Array) return "int32";
  if (array instanceof Int16Array) return "int16";
  if (array instanceof Int8Array) return "int8";
  if (array instanceof Uint8Array || array instanceof Uint8ClampedArray) return "uint8";
  if (array instanceof Uint16Array) {
    throw new TorchError(
      "argument",
      "a Uint16Array holds bfloat16 or float16 as bits: name the dtype",
    );
  }
  const got = Object.prototype.toString.call(array).slice(8, -1);
  throw new TorchError("argument", `expected a typed array of some dtype, got ${got}`);
}
