/**
 * Files of our networks, each of one kind: a safetensors file with the weights, whose metadata say in which
 * format it is, how the network is configured, and how radiographs are brought to its size. What is common
 * to all kinds of networks stands here; what each holds besides stands with it.
 */
import { createHash } from "node:crypto";
import { SchemaError } from "@malleolus/schema";
import {
  type Device,
  keep,
  nn,
  readSafetensors,
  type Safetensors,
  type Tensor,
  TorchError,
} from "@malleolus/torch";
import { ModelError } from "./errors.ts";
import { placeModel } from "./placement.ts";

/** What a file is, and what to do where it is another. */
export interface FileKind {
  /** As `a detector`. */
  readonly what: string;
  /** Of its metadata; the first is the one that is written. */
  readonly formats: readonly [string, ...string[]];
  /** As `give the model.safetensors of …`. */
  readonly remedy: string;
}

/** @throws ModelError `checkpoint`, beginning with the path, where it is no whole file of this kind. */
export function readNetworkFile(path: string, kind: FileKind): Safetensors {
  const file = readWhole(path, kind);
  const { format = "none" } = file.metadata;
  if (kind.formats.includes(format)) return file;
  throw new ModelError(
    "checkpoint",
    `${path}: expected ${kind.what} (${kind.formats[0]}), got format ${format}; ${kind.remedy}`,
  );
}

function readWhole(path: string, { remedy }: FileKind): Safetensors {
  try {
    return readSafetensors(path);
  } catch (cause) {
    if (!(cause instanceof TorchError)) throw cause;
    throw new ModelError("checkpoint", `${cause.message}; copy it again, or ${remedy}`, { cause });
  }
}

/** Reads something in a file's metadata, whose parser throws SchemaError. */
export function parsed<T>(read: () => T, { remedy }: FileKind): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof SchemaError)) throw cause;
    throw new ModelError("checkpoint", `${cause.message}; it is of another version: ${remedy}`, {
      cause,
    });
  }
}

/** Copies all of a file's weights into the network of its own configuration. */
export function loadAll(
  model: object,
  tensors: ReadonlyMap<string, Tensor>,
  path: string,
  { remedy }: FileKind,
): void {
  const { missing, unexpected, mismatched } = nn.loadStateDict(model, tensors);
  const [wrong] = mismatched;
  const fault =
    missing.length > 0
      ? `missing tensor ${missing[0]}${missing.length > 1 ? ` and ${missing.length - 1} more` : ""}`
      : unexpected.length > 0
        ? `unexpected tensor ${unexpected[0]}`
        : wrong !== undefined
          ? `tensor ${wrong.name} has shape [${wrong.got.join(", ")}] instead of [${wrong.expected.join(", ")}]`
          : null;
  if (fault === null) return;
  throw new ModelError(
    "checkpoint",
    `${path}: the weights do not match the file's own configuration: ${fault}; ${remedy}`,
  );
}

/** A network that predicts and does not train any more, on its device; it lives until it is freed. */
export function settleModel(model: object, device: Device): void {
  nn.freeze(model);
  // Also where the caller has a scope of its own.
  for (const tensor of nn.stateDict(model).values()) keep(tensor);
  placeModel(model, device);
}

/** Of all of a network's weights, by name: two networks of one hash compute the same. */
export function weightsHash(model: object): string {
  const hash = createHash("sha256");
  for (const [name, tensor] of [...nn.stateDict(model)].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${name}\n`).update(tensor.toFloat32Array());
  }
  return hash.digest("hex");
}
