/** A buffer as the typed array that holds elements of a dtype. */
import type { DType } from "../dtype.ts";
import type { TypedArray } from "../native.ts";

/** bfloat16 and float16 as bits, bool as bytes. */
export function viewAs(buffer: ArrayBuffer, dtype: DType): TypedArray {
  switch (dtype) {
    case "float32":
      return new Float32Array(buffer);
    case "float64":
      return new Float64Array(buffer);
    case "bfloat16":
    case "float16":
      return new Uint16Array(buffer);
    case "int64":
      return new BigInt64Array(buffer);
    case "int32":
      return new Int32Array(buffer);
    case "int16":
      return new Int16Array(buffer);
    case "int8":
      return new Int8Array(buffer);
    case "uint8":
    case "bool":
      return new Uint8Array(buffer);
  }
}
