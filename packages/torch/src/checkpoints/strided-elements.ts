/**
 * Tensors as files describe them: elements of a storage, found by an offset and a step for each
 * dimension. Several tensors may lie in one storage, and overlap.
 */
import { fromTypedArray } from "../creation.ts";
import { bytesOf, type DType } from "../dtype.ts";
import type { Tensor } from "../tensor.ts";
import { malformed } from "./file-bytes.ts";
import { viewAs } from "./typed-view.ts";

/** Bytes that elements lie in. */
export interface Storage {
  readonly sizeBytes: number;
  readonly isBigEndian: boolean;
  /** A copy, at the start of a buffer of its own. */
  read(start: number, end: number): Buffer<ArrayBuffer>;
}

/** A tensor that has not been read. In elements: `offset` and `strides`. */
export class StridedElements {
  readonly storage: Storage;
  readonly dtype: DType;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(description: StridedElements) {
    this.storage = description.storage;
    this.dtype = description.dtype;
    this.offset = description.offset;
    this.shape = description.shape;
    this.strides = description.strides;
  }
}

/** Bytes that may still be made. */
export interface Budget {
  leftBytes: number;
}

// A step of 0 makes any size out of one element; a published file does it in little tensors only.
const LARGEST_GROWTH = 16;
const ALWAYS_ALLOWED_BYTES = 1 << 20;

// LibTorch's iterators hold no more.
const MOST_DIMENSIONS = 64;

export function budgetOf(fileBytes: number): Budget {
  return { leftBytes: ALWAYS_ALLOWED_BYTES + LARGEST_GROWTH * fileBytes };
}

/** @throws TorchError `checkpoint` when more would be made of a file than it can mean. */
export function spend(budget: Budget, bytes: number): void {
  budget.leftBytes -= bytes;
  if (!(budget.leftBytes >= 0)) {
    throw malformed(
      "its tensors are many times larger than the file: it was made to fill the memory, or is damaged",
    );
  }
}

/** Strides of elements that lie one behind the other, the last dimension fastest. */
export function rowMajor(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let step = 1;
  for (const size of shape.toReversed()) {
    strides.unshift(step);
    step *= Math.max(size, 1);
  }
  return strides;
}

/** Reads the elements, in their order, into a tensor of its own memory on the CPU. */
export function readElements(elements: StridedElements, budget: Budget): Tensor {
  const { storage, dtype, offset, shape, strides } = elements;
  const width = bytesOf(dtype);
  checkNumbers(elements);
  const count = shape.reduce((product, size) => product * size, 1);
  spend(budget, count * width);
  if (count === 0) return fromTypedArray(viewAs(new ArrayBuffer(0), dtype), shape, { dtype });
  const last = shape.reduce((sum, size, i) => sum + (size - 1) * strides[i], offset);
  if ((last + 1) * width > storage.sizeBytes) {
    throw malformed(
      `a tensor of shape [${shape.join(", ")}] reaches to byte ${(last + 1) * width} of a storage ` +
        `of ${storage.sizeBytes}; the file is damaged: copy it again`,
    );
  }
  spend(budget, (last + 1 - offset) * width);
  const bytes = storage.read(offset * width, (last + 1) * width);
  if (storage.isBigEndian) swapBytes(bytes, width);
  const isPacked = rowMajor(shape).every((step, i) => step === strides[i] || shape[i] === 1);
  const packed = isPacked ? bytes.buffer : gather(bytes.buffer, width, shape, strides, count);
  if (dtype === "bool") makeBooleans(new Uint8Array(packed));
  return fromTypedArray(viewAs(packed, dtype), shape, { dtype });
}

/** Any byte but 0 and 1 as a bool is undefined behaviour in C++. */
function makeBooleans(bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = bytes[i] === 0 ? 0 : 1;
}

function checkNumbers({ offset, shape, strides }: StridedElements): void {
  const count = shape.reduce((product, size) => product * Math.max(size, 1), 1);
  const reach = shape.reduce((sum, size, i) => sum + size * strides[i], offset);
  const isWhole = (value: number) => Number.isSafeInteger(value) && value >= 0;
  if (
    shape.length <= MOST_DIMENSIONS &&
    strides.length === shape.length &&
    [...shape, ...strides, offset, count * 8, reach * 8].every(isWhole)
  ) {
    return;
  }
  throw malformed(
    `a tensor has shape [${shape.slice(0, 8).join(", ")}], strides [${strides.slice(0, 8).join(", ")}] ` +
      `and offset ${offset}, which no tensor can have; the file is damaged: copy it again`,
  );
}

type Words = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

/** Elements found by their strides, one behind the other. */
function gather(
  from: ArrayBuffer,
  width: number,
  shape: readonly number[],
  strides: readonly number[],
  count: number,
): ArrayBuffer {
  const to = new ArrayBuffer(count * width);
  const place = new Array<number>(shape.length).fill(0);
  const source = wordsOf(from, width);
  const target = wordsOf(to, width);
  let at = 0;
  for (let i = 0; i < count; i++) {
    target[i] = source[at];
    for (let d = shape.length - 1; d >= 0; d--) {
      place[d]++;
      at += strides[d];
      if (place[d] < shape[d]) break;
      at -= strides[d] * shape[d];
      place[d] = 0;
    }
  }
  return to;
}

function wordsOf(buffer: ArrayBuffer, width: number): Words {
  if (width === 8) return new BigUint64Array(buffer);
  if (width === 4) return new Uint32Array(buffer);
  return width === 2 ? new Uint16Array(buffer) : new Uint8Array(buffer);
}

function swapBytes(bytes: Buffer, width: number): void {
  if (width === 8) bytes.swap64();
  else if (width === 4) bytes.swap32();
  else if (width === 2) bytes.swap16();
}
