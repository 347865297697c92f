/**
 * The weights of a network's file, without LibTorch and without a disk: its bytes in, float32 out, one tensor
 * after another as the walk of the network asks for it.
 *
 * The format is safetensors' (github.com/huggingface/safetensors): an 8-byte length, a JSON header of names,
 * dtypes, shapes and byte ranges, and the bytes.
 */
import { OnnxError } from "../errors.ts";

export interface NetworkFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly weights: Weights;
}

export interface Weights {
  has(name: string): boolean;
  /** @throws OnnxError `checkpoint` where it is missing or has another shape. */
  take(name: string, shape: readonly number[]): Float32Array;
  /** @throws OnnxError `checkpoint` where the file has a tensor that nobody took. */
  requireAllTaken(): void;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

const REMEDY = "give the model.safetensors of a run of malleolus train";

/** @throws OnnxError `checkpoint`, beginning with `where`, for a file that is not one, or not whole. */
export function readNetworkBytes(file: Uint8Array, where: string): NetworkFile {
  const bad = (what: string) =>
    new OnnxError(
      "checkpoint",
      `${where}: not a whole safetensors file: ${what}; copy it again, or ${REMEDY}`,
    );
  if (file.length < 8) throw bad(`${file.length} bytes`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  const start = 8 + headerBytes;
  if (start > file.length) throw bad(`its header claims ${headerBytes} of ${file.length} bytes`);
  const header = parsedHeader(file.subarray(8, start));
  if (header === null) throw bad("its header is no JSON object");
  const entries = new Map<string, Entry>();
  let metadata: Readonly<Record<string, string>> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__" && isRecord(value)) {
      metadata = Object.fromEntries(
        Object.entries(value).map(([key, text]) => [key, String(text)]),
      );
      continue;
    }
    const entry = entryOf(value);
    if (entry === null)
      throw bad(`the entry of ${name} says ${JSON.stringify(value)?.slice(0, 100)}`);
    if (start + entry.end > file.length) throw bad(`it ends before the data of ${name}`);
    entries.set(name, entry);
  }
  return { metadata, weights: weightsOf(file.subarray(start), entries, where) };
}

function weightsOf(data: Uint8Array, entries: ReadonlyMap<string, Entry>, where: string): Weights {
  const left = new Set(entries.keys());
  const unlike = (fault: string) =>
    new OnnxError(
      "checkpoint",
      `${where}: the weights do not match the file's own configuration: ${fault}; ${REMEDY}`,
    );
  return {
    has: (name) => entries.has(name),
    take(name, shape) {
      const entry = entries.get(name);
      if (entry === undefined) throw unlike(`missing tensor ${name}`);
      if (entry.shape.join() !== shape.join()) {
        const [got, expected] = [entry.shape.join(", "), shape.join(", ")];
        throw unlike(`tensor ${name} has shape [${got}] instead of [${expected}]`);
      }
      left.delete(name);
      const bytes = new Uint8Array(data.subarray(entry.begin, entry.end));
      return asFloat32(bytes, entry.dtype, `${where}: ${name}`);
    },
    requireAllTaken() {
      const [one] = left;
      if (one !== undefined) throw unlike(`unexpected tensor ${one}`);
    },
  };
}

/** @param bytes a copy of its own, so that it begins where an array may begin */
function asFloat32(bytes: Uint8Array<ArrayBuffer>, dtype: string, where: string): Float32Array {
  switch (dtype) {
    case "F32":
      return new Float32Array(bytes.buffer);
    case "F16":
      return Float32Array.from(new Float16Array(bytes.buffer));
    case "BF16": {
      // The upper half of a float32; the lower one is 0.
      const halves = new Uint16Array(bytes.buffer);
      const wide = new Uint16Array(halves.length * 2);
      for (let i = 0; i < halves.length; i++) wide[2 * i + 1] = halves[i];
      return new Float32Array(wide.buffer);
    }
    default:
      throw new OnnxError(
        "checkpoint",
        `${where}: expected F32, F16 or BF16, got ${dtype}; save the weights as one of these`,
      );
  }
}

function parsedHeader(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isRecord(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

const BYTES: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2 };

function entryOf(value: unknown): Entry | null {
  if (!isRecord(value)) return null;
  const { dtype, shape, data_offsets: range } = value;
  if (typeof dtype !== "string" || !isSizes(shape) || !isSizes(range)) return null;
  const [begin, end] = range;
  if (begin === undefined || end === undefined || range.length !== 2) return null;
  const bytes = BYTES[dtype];
  const elements = shape.reduce((product, size) => product * size, 1);
  if (bytes !== undefined && end - begin !== elements * bytes) return null;
  return { dtype, shape, begin, end };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
