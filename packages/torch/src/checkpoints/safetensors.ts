/**
 * Safetensors: an 8-byte length, a JSON header of names, dtypes, shapes and byte ranges, and
 * the bytes. Source: the format's own description (github.com/huggingface/safetensors).
 *
 * Writing goes aside, is flushed to the disk, and only then takes the name: a reader finds the
 * old file or the new one, whatever happens in between.
 */
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { fromTypedArray } from "../creation.ts";
import { bytesOf, type DType } from "../dtype.ts";
import { TorchError } from "../errors.ts";
import type { TypedArray } from "../native.ts";
import type { Tensor } from "../tensor.ts";

const NAMES: Readonly<Record<DType, string>> = {
  float32: "F32",
  float64: "F64",
  bfloat16: "BF16",
  float16: "F16",
  int64: "I64",
  int32: "I32",
  int16: "I16",
  int8: "I8",
  uint8: "U8",
  bool: "BOOL",
};
const DTYPES = new Map<string, DType>();
for (const dtype of [
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
] as const) {
  DTYPES.set(NAMES[dtype], dtype);
}

const LARGEST_HEADER_BYTES = 100_000_000;

export interface Safetensors {
  readonly tensors: Map<string, Tensor>;
  /** The header's `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads every tensor of a file, onto the CPU.
 *
 * @throws TorchError `checkpoint` for a file that is not one, is cut short, or contradicts itself.
 */
export function readSafetensors(path: string): Safetensors {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new TorchError(`${path}: cannot be read: ${messageOf(cause)}`, "checkpoint", null, {
      cause,
    });
  }
  const { entries, metadata, dataStart } = parseHeader(bytes, path);
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of entries) {
    const start = dataStart + entry.begin;
    // Copied, because a typed array must begin at a multiple of its element's size.
    const copy = new Uint8Array(entry.end - entry.begin);
    copy.set(bytes.subarray(start, start + copy.length));
    const data = viewAs(copy.buffer, entry.dtype);
    tensors.set(name, fromTypedArray(data, entry.shape, { dtype: entry.dtype }));
  }
  return { tensors, metadata };
}

/**
 * Writes tensors under their names, atomically.
 *
 * @throws TorchError `checkpoint` when the disk is full or the path cannot be written; whatever
 *   stood at `path` before is then still there.
 */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let offset = 0;
  for (const [name, tensor] of tensors) {
    const dtype = tensor.dtype;
    const end = offset + tensor.size * bytesOf(dtype);
    header[name] = { dtype: NAMES[dtype], shape: tensor.shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = Buffer.from(JSON.stringify(header));
  // Padded with spaces so that the data begins at a multiple of 8.
  const padded = Buffer.alloc(Math.ceil(text.length / 8) * 8, " ");
  text.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));

  const aside = `${path}.${process.pid}.tmp`;
  let file: number | null = null;
  try {
    file = openSync(aside, "w");
    writeAll(file, length);
    writeAll(file, padded);
    for (const tensor of tensors.values()) {
      const array = tensor.toTypedArray();
      writeAll(file, new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    }
    fsyncSync(file);
    closeSync(file);
    file = null;
    renameSync(aside, path);
    syncDirectory(dirname(path));
  } catch (cause) {
    if (file !== null) closeSync(file);
    rmSync(aside, { force: true });
    throw new TorchError(`${path}: cannot be written: ${messageOf(cause)}`, "checkpoint", null, {
      cause,
    });
  }
}

interface Entry {
  readonly dtype: DType;
  readonly shape: number[];
  readonly begin: number;
  readonly end: number;
}

interface Header {
  readonly entries: Map<string, Entry>;
  readonly metadata: Record<string, string>;
  readonly dataStart: number;
}

function parseHeader(bytes: Buffer, path: string): Header {
  const bad = (what: string) =>
    new TorchError(`${path}: not a whole safetensors file: ${what}`, "checkpoint");
  if (bytes.length < 8) throw bad(`${bytes.length} bytes`);
  const headerBytes = Number(bytes.readBigUInt64LE(0));
  if (headerBytes > LARGEST_HEADER_BYTES || headerBytes + 8 > bytes.length) {
    throw bad(`its header claims ${headerBytes} of ${bytes.length} bytes`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString("utf8", 8, 8 + headerBytes));
  } catch (cause) {
    throw bad(`its header is not JSON (${messageOf(cause)})`);
  }
  if (!isRecord(parsed)) throw bad("its header is not an object");
  const dataStart = 8 + headerBytes;
  const entries = new Map<string, Entry>();
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(parsed)) {
    if (name === "__metadata__") {
      if (!isRecord(value)) throw bad("its metadata is not an object");
      for (const [key, text] of Object.entries(value)) metadata[key] = String(text);
    } else {
      const entry = parseEntry(value);
      if (entry === null)
        throw bad(`the entry of ${name} is ${JSON.stringify(value)?.slice(0, 100)}`);
      if (dataStart + entry.end > bytes.length) throw bad(`it ends before the data of ${name}`);
      entries.set(name, entry);
    }
  }
  return { entries, metadata, dataStart };
}

function parseEntry(value: unknown): Entry | null {
  if (!isRecord(value)) return null;
  const dtype = DTYPES.get(String(value.dtype));
  const { shape, data_offsets: range } = value;
  if (dtype === undefined || !isSizes(shape) || !isSizes(range)) return null;
  const [begin, end] = range;
  const needed = shape.reduce((product, size) => product * size, 1) * bytesOf(dtype);
  if (begin === undefined || end === undefined || range.length !== 2 || end - begin !== needed)
    return null;
  return { dtype, shape, begin, end };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function viewAs(buffer: ArrayBuffer, dtype: DType): TypedArray {
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

function writeAll(file: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
}

/** A rename is only on the disk once its directory is. */
function syncDirectory(path: string): void {
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
