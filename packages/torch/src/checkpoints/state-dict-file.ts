/** The state dict within whatever a checkpoint holds. */
import { scope } from "../scope.ts";
import type { Tensor } from "../tensor.ts";
import { malformed } from "./file-bytes.ts";
import { NumpyArray } from "./numpy-names.ts";
import { type Budget, readElements, StridedElements } from "./strided-elements.ts";

/** A state dict and what a file says beside it. */
export interface StateDictFile {
  /** On the CPU, each in memory of its own, under the file's names and in its order. */
  readonly tensors: Map<string, Tensor>;
  /** Numbers and text at the file's top, as Detectron2's `__author__`. */
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
}

/** Where trainers keep it: Detectron2 and torchvision, Lightning and many others, Caffe2. */
const PLACES = ["model", "state_dict", "model_state_dict", "blobs"];
const DEEPEST = 3;

/** @throws TorchError `checkpoint` where there is no tensor, or one that contradicts itself. */
export function readStateDict(value: unknown, budget: Budget): StateDictFile {
  const found = findTensors(value, 0);
  if (found === null) {
    throw malformed(
      `expected tensors by name, at its top or under ${PLACES.join(", ")}, got ${contentOf(value)}; ` +
        "save a model's state dict with Python and give that file",
    );
  }
  return { tensors: readAll(found, budget), metadata: metadataOf(value) };
}

type Unread = StridedElements | NumpyArray;

function findTensors(value: unknown, depth: number): Map<string, Unread> | null {
  if (!(value instanceof Map) || depth > DEEPEST) return null;
  for (const place of PLACES) {
    const inner = findTensors(value.get(place), depth + 1);
    if (inner !== null) return inner;
  }
  const found = new Map<string, Unread>();
  for (const [name, entry] of value) {
    if (typeof name !== "string") continue;
    if (entry instanceof StridedElements || entry instanceof NumpyArray) found.set(name, entry);
  }
  return found.size === 0 ? null : found;
}

function readAll(found: ReadonlyMap<string, Unread>, budget: Budget): Map<string, Tensor> {
  // The scope frees what was read before a tensor that cannot be.
  return scope(() => {
    const tensors = new Map<string, Tensor>();
    for (const [name, unread] of found) {
      const elements = unread instanceof NumpyArray ? unread.elements() : unread;
      tensors.set(name, readElements(elements, budget));
    }
    return tensors;
  });
}

function metadataOf(value: unknown): StateDictFile["metadata"] {
  const entries: [string, string | number | boolean][] = [];
  for (const [key, entry] of value instanceof Map ? value : []) {
    const isPlain = ["string", "number", "boolean"].includes(typeof entry);
    if (typeof key === "string" && isPlain) entries.push([key, entry]);
  }
  return Object.fromEntries(entries);
}

function contentOf(value: unknown): string {
  if (!(value instanceof Map)) return "something else";
  const keys = [...value.keys()].filter((key) => typeof key === "string");
  return keys.length === 0
    ? "none"
    : JSON.stringify(keys.slice(0, 8).map((key) => key.slice(0, 40)));
}
