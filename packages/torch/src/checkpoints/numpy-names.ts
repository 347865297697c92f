/**
 * NumPy's arrays and numbers as pickles hold them (source: NumPy's numpy/core/src/multiarray,
 * `array_reduce` and `arraydescr_reduce`): an empty array and its dtype are made by name, and
 * then given their state.
 */
import type { DType } from "../dtype.ts";
import { malformed } from "./file-bytes.ts";
import { type Construct, PickledName, Stateful } from "./pickle.ts";
import { rowMajor, type Storage, type StridedElements } from "./strided-elements.ts";

/** What a pickle of NumPy may ask for. */
export function numpyNames(): Map<string, Construct> {
  const names = new Map<string, Construct>([
    ["numpy.dtype", ([code]) => new NumpyDtype(textOf(code))],
    ["numpy.ndarray", () => new NumpyArray()],
  ]);
  // NumPy 2 moved the folder.
  for (const core of ["numpy.core", "numpy._core"]) {
    names.set(`${core}.multiarray._reconstruct`, ([type]) => emptyArray(type));
    names.set(`${core}.multiarray.scalar`, ([dtype, bytes]) => numberOf(dtype, bytes));
    names.set(`${core}.numeric._frombuffer`, (args) => arrayOfBuffer(args));
  }
  return names;
}

/** An array of any dtype; `elements` gives those of numbers. */
export class NumpyArray extends Stateful {
  private state: {
    readonly dtype: NumpyDtype;
    readonly shape: readonly number[];
    readonly isFortran: boolean;
    readonly bytes: Uint8Array;
  } | null = null;

  /** ([version,] shape, dtype, isFortran, bytes) */
  setState(state: unknown): void {
    const [shape, dtype, isFortran, data] = Array.isArray(state) ? state.slice(-4) : [];
    if (!isNumbers(shape) || !(dtype instanceof NumpyDtype) || Array.isArray(data)) {
      throw malformed("an array of NumPy has no numbers (objects, for instance), or is damaged");
    }
    this.state = {
      dtype,
      shape,
      isFortran: isFortran === true || isFortran === 1,
      bytes: bytesFrom(data),
    };
  }

  /** Its numbers. @throws TorchError `checkpoint` for a dtype that no tensor has. */
  elements(): StridedElements {
    if (this.state === null) throw malformed("an array of NumPy was never filled");
    const { dtype, shape, isFortran, bytes } = this.state;
    const reversed = () => rowMajor(shape.toReversed()).toReversed();
    return {
      dtype: dtype.tensorDtype(),
      storage: storageOf(bytes, dtype.isBigEndian),
      offset: 0,
      shape,
      strides: isFortran ? reversed() : rowMajor(shape),
    };
  }
}

const DTYPES: ReadonlyMap<string, DType> = new Map([
  ["f2", "float16"],
  ["f4", "float32"],
  ["f8", "float64"],
  ["i1", "int8"],
  ["i2", "int16"],
  ["i4", "int32"],
  ["i8", "int64"],
  ["u1", "uint8"],
  ["b1", "bool"],
]);

class NumpyDtype extends Stateful {
  readonly code: string;
  isBigEndian: boolean;

  constructor(code: string) {
    super();
    this.isBigEndian = code.startsWith(">");
    this.code = code.replace(/^[<>|=]/, "");
  }

  /** (version, byte order, sub-array, names, fields, size, alignment, flags) */
  setState(state: unknown): void {
    const [, order, ...structure] = Array.isArray(state) ? state : [];
    if (structure.slice(0, 3).some((part) => part !== null)) {
      throw malformed(
        "an array of NumPy has fields; expected plain numbers: save each field as an array",
      );
    }
    this.isBigEndian = order !== undefined && order !== null && textOf(order) === ">";
  }

  tensorDtype(): DType {
    const dtype = DTYPES.get(this.code);
    if (dtype !== undefined) return dtype;
    throw malformed(
      `an array of NumPy has dtype ${JSON.stringify(this.code.slice(0, 20))}, which no tensor here has ` +
        `(${[...DTYPES.keys()].join(", ")}); convert it with astype`,
    );
  }
}

function emptyArray(type: unknown): NumpyArray {
  if (type instanceof PickledName && type.name === "numpy.ndarray") return new NumpyArray();
  throw malformed("an array of NumPy is of a class of its own; save it as a plain ndarray");
}

/** (buffer, dtype, shape, order), as protocol 5 writes arrays. */
function arrayOfBuffer([buffer, dtype, shape, order]: readonly unknown[]): NumpyArray {
  const array = new NumpyArray();
  array.setState([shape, dtype, order === "F", buffer]);
  return array;
}

/** A number as NumPy keeps it: metadata, and never a weight. */
function numberOf(dtype: unknown, data: unknown): number | bigint | boolean | null {
  if (!(dtype instanceof NumpyDtype)) throw malformed("a number of NumPy has no dtype");
  const bytes = Buffer.from(bytesFrom(data));
  if (dtype.isBigEndian) bytes.reverse();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (bytes.length === Number(dtype.code.slice(1)) ? dtype.code : null) {
    case "f4":
      return view.getFloat32(0, true);
    case "f8":
      return view.getFloat64(0, true);
    case "i4":
      return view.getInt32(0, true);
    case "i8":
      return view.getBigInt64(0, true);
    case "b1":
      return view.getUint8(0) !== 0;
    default:
      return null;
  }
}

function storageOf(bytes: Uint8Array, isBigEndian: boolean): Storage {
  return {
    sizeBytes: bytes.length,
    isBigEndian,
    read(start, end) {
      const copy = Buffer.from(new ArrayBuffer(end - start));
      copy.set(bytes.subarray(start, end));
      return copy;
    },
  };
}

/** Bytes, or the text that they are for Python 2. */
function bytesFrom(data: unknown): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (typeof data === "string") return Buffer.from(data, "latin1");
  throw malformed("an array of NumPy has no bytes");
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("latin1");
  throw malformed("a dtype of NumPy has no name");
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => typeof size === "number");
}
