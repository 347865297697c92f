/**
 * PyTorch's tensors as pickles hold them (source: PyTorch's torch/_utils.py and
 * torch/serialization.py): a storage named by a persistent id, and a function that lays a tensor
 * over it.
 */
import { bytesOf, type DType } from "../dtype.ts";
import { malformed } from "./file-bytes.ts";
import { type Construct, PickledName } from "./pickle.ts";
import { type Storage, StridedElements } from "./strided-elements.ts";

/** A storage as a tensor knows it: where it lies is known once its bytes are found. */
export class PickledStorage {
  readonly storage: Storage;
  /** Null for bytes that a tensor's own dtype reads. */
  readonly dtype: DType | null;
  /** Of its first byte in `storage`: an old file may have a storage within another. */
  readonly startBytes: number;

  constructor(storage: Storage, dtype: DType | null, startBytes: number) {
    this.storage = storage;
    this.dtype = dtype;
    this.startBytes = startBytes;
  }
}

/** What a persistent id says. */
export interface StorageId {
  readonly key: string;
  /** Null for bytes. */
  readonly dtype: DType | null;
  /** Of the whole storage, in elements. */
  readonly elements: number;
  /** Where this one begins in it, in elements; 0 but in old files. */
  readonly offset: number;
}

const STORAGES: ReadonlyMap<string, DType | null> = new Map([
  ["FloatStorage", "float32"],
  ["DoubleStorage", "float64"],
  ["HalfStorage", "float16"],
  ["BFloat16Storage", "bfloat16"],
  ["LongStorage", "int64"],
  ["IntStorage", "int32"],
  ["ShortStorage", "int16"],
  ["CharStorage", "int8"],
  ["ByteStorage", "uint8"],
  ["BoolStorage", "bool"],
  ["UntypedStorage", null],
]);
const STORAGE_MODULES = ["torch", "torch.cuda", "torch.storage"];

const DTYPE_NAMES: ReadonlyMap<string, DType> = new Map([
  ["torch.float32", "float32"],
  ["torch.float64", "float64"],
  ["torch.float16", "float16"],
  ["torch.bfloat16", "bfloat16"],
  ["torch.int64", "int64"],
  ["torch.int32", "int32"],
  ["torch.int16", "int16"],
  ["torch.int8", "int8"],
  ["torch.uint8", "uint8"],
  ["torch.bool", "bool"],
]);

/** What a checkpoint of PyTorch may ask for. */
export function torchNames(): Map<string, Construct> {
  const names = new Map<string, Construct>([
    ["torch._utils._rebuild_tensor", rebuildTensor],
    ["torch._utils._rebuild_tensor_v2", rebuildTensor],
    ["torch._utils._rebuild_tensor_v3", rebuildTensor],
    ["torch._utils._rebuild_parameter", ([tensor]) => tensor],
    ["torch.Size", ([sizes]) => sizes],
    ["torch.device", (parts) => parts.join(":")],
  ]);
  for (const module of STORAGE_MODULES) {
    for (const name of STORAGES.keys()) names.set(`${module}.${name}`, refuseCall);
  }
  for (const name of DTYPE_NAMES.keys()) names.set(name, refuseCall);
  return names;
}

/** ("storage", type, key, device, elements[, (key, offset, elements) of a storage within]) */
export function parseStorageId(id: unknown): StorageId {
  const [what, type, key, , elements, view] = Array.isArray(id) ? id : [];
  if (what === "module") {
    throw malformed(
      "it holds a whole module, which is a program; save its state dict: torch.save(model.state_dict(), path)",
    );
  }
  const dtype =
    type instanceof PickledName
      ? STORAGES.get(type.name.slice(type.name.lastIndexOf(".") + 1))
      : undefined;
  const offset: unknown = Array.isArray(view) ? view[1] : 0;
  if (what !== "storage" || dtype === undefined || !isSize(elements) || !isSize(offset)) {
    throw malformed("a storage has no type, key or size; the file is damaged: copy it again");
  }
  return { key: String(key), dtype, elements, offset };
}

/** (storage, offset, shape, strides, trains, hooks[, dtype]) */
function rebuildTensor([storage, offset, shape, strides, , , named]: readonly unknown[]): unknown {
  if (
    !(storage instanceof PickledStorage && typeof offset === "number") ||
    !(isNumbers(shape) && isNumbers(strides))
  ) {
    throw malformed(
      "a tensor has no storage, shape or strides; the file is damaged: copy it again",
    );
  }
  const dtype = named instanceof PickledName ? DTYPE_NAMES.get(named.name) : storage.dtype;
  if (dtype === undefined || dtype === null) {
    throw malformed("a tensor has no dtype; the file is damaged: copy it again");
  }
  const start = storage.startBytes / bytesOf(dtype);
  return new StridedElements({
    storage: storage.storage,
    dtype,
    offset: start + offset,
    shape,
    strides,
  });
}

function refuseCall(): never {
  throw malformed("a storage or dtype is called as a function; the file is damaged: copy it again");
}

function isSize(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => typeof size === "number");
}
