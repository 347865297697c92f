/**
 * Safetensors: an 8-byte length, a JSON header of names, dtypes, shapes and byte ranges, and
 * the bytes. Source: the format's own description (github.com/huggingface/safetensors).
 *
 * Writing goes aside, is flushed to the disk, and only then takes the name: a reader finds the
 * old file or the new one, whatever happens in between.
 */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { fromTypedArray } from "../creation.ts";
import { bytesOf, DTYPES, type DType } from "../dtype.ts";
import { TorchError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { viewAs } from "./typed-view.ts";

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
const BY_NAME = new Map(DTYPES.map((dtype) => [NAMES[dtype], dtype]));

const LARGEST_HEADER_BYTES = 100_000_000;
// Linux reads and writes no more than 2 GiB at once.
const LARGEST_CHUNK_BYTES = 1 << 30;

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
  const tensors = new Map<string, Tensor>();
  let file: number | null = null;
  try {
    file = openSync(path, "r");
    const { entries, metadata, dataStart } = readHeader(file, path);
    for (const [name, entry] of entries) {
      const data = new ArrayBuffer(entry.end - entry.begin);
      readAll(file, new Uint8Array(data), dataStart + entry.begin, path);
      const { dtype, shape } = entry;
      tensors.set(name, fromTypedArray(viewAs(data, dtype), shape, { dtype }));
    }
    return { tensors, metadata };
  } catch (cause) {
    for (const tensor of tensors.values()) tensor.free();
    if (cause instanceof TorchError && cause.code === "checkpoint") throw cause;
    throw new TorchError("checkpoint", `${path}: cannot be read: ${messageOf(cause)}`, {
      cause,
    });
  } finally {
    if (file !== null) closeSync(file);
  }
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
  const header: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) header.push(["__metadata__", metadata]);
  let offset = 0;
  for (const [name, tensor] of tensors) {
    const dtype = tensor.dtype;
    const end = offset + tensor.size * bytesOf(dtype);
    if (name === "__metadata__") {
      throw new TorchError("checkpoint", `${path}: a tensor cannot be called __metadata__`);
    }
    header.push([name, { dtype: NAMES[dtype], shape: tensor.shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  const text = Buffer.from(JSON.stringify(Object.fromEntries(header)));
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
    const complete = file;
    file = null;
    closeSync(complete);
    renameSync(aside, path);
    syncDirectory(dirname(path));
  } catch (cause) {
    if (file !== null) closeSync(file);
    rmSync(aside, { force: true });
    throw new TorchError("checkpoint", `${path}: cannot be written: ${messageOf(cause)}`, {
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

function notWhole(path: string, what: string): TorchError {
  return new TorchError("checkpoint", `${path}: not a whole safetensors file: ${what}`);
}

function readHeader(file: number, path: string): Header {
  const bad = (what: string) => notWhole(path, what);
  const { size } = fstatSync(file);
  if (size < 8) throw bad(`${size} bytes`);
  const length = Buffer.alloc(8);
  readAll(file, length, 0, path);
  const headerBytes = Number(length.readBigUInt64LE(0));
  if (headerBytes > LARGEST_HEADER_BYTES || headerBytes + 8 > size) {
    throw bad(`its header claims ${headerBytes} of ${size} bytes`);
  }
  const header = Buffer.alloc(headerBytes);
  readAll(file, header, 8, path);
  let parsed: unknown;
  try {
    parsed = JSON.parse(header.toString("utf8"));
  } catch (cause) {
    throw bad(`its header is not JSON (${messageOf(cause)})`);
  }
  if (!isRecord(parsed)) throw bad("its header is not an object");
  const dataStart = 8 + headerBytes;
  const entries = new Map<string, Entry>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(parsed)) {
    if (name === "__metadata__") {
      if (!isRecord(value)) throw bad("its metadata is not an object");
      metadata = Object.fromEntries(
        Object.entries(value).map(([key, text]) => [key, String(text)]),
      );
    } else {
      requireKnownType(path, name, value);
      const entry = parseEntry(value);
      if (entry === null)
        throw bad(`the entry of ${name} is ${JSON.stringify(value)?.slice(0, 100)}`);
      if (dataStart + entry.end > size) throw bad(`it ends before the data of ${name}`);
      entries.set(name, entry);
    }
  }
  return { entries, metadata, dataStart };
}

/** The format knows more types than LibTorch has on every machine: a whole file, and not for us. */
function requireKnownType(path: string, name: string, value: unknown): void {
  if (!isRecord(value) || typeof value.dtype !== "string" || BY_NAME.has(value.dtype)) return;
  throw new TorchError(
    "checkpoint",
    `${path}: expected tensors of ${[...BY_NAME.keys()].join(", ")}, got ${value.dtype.slice(0, 20)} in ` +
      `${name}; save them as F32, F16 or BF16`,
  );
}

function parseEntry(value: unknown): Entry | null {
  if (!isRecord(value)) return null;
  const dtype = BY_NAME.get(String(value.dtype));
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

function readAll(file: number, bytes: Uint8Array, start: number, path: string): void {
  let done = 0;
  while (done < bytes.length) {
    const chunk = Math.min(bytes.length - done, LARGEST_CHUNK_BYTES);
    const read = readSync(file, bytes, done, chunk, start + done);
    if (read === 0) throw notWhole(path, "it has become shorter while it was read");
    done += read;
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) {
    const chunk = Math.min(bytes.length - done, LARGEST_CHUNK_BYTES);
    done += writeSync(file, bytes, done, chunk);
  }
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
