/**
 * The addon: the only file that loads one, and the only one that knows its functions.
 *
 * Tensors are numbers here (slots of the addon's table); `tensor.ts` gives them an object.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TorchError } from "./errors.ts";

/** A tensor's number in the addon's table. */
export type Handle = number;

/** What the addon holds for a process group, and for gradient buckets; nothing of it can be read here. */
export type GroupHandle = object;
export type BucketsHandle = object;

export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | BigInt64Array;

export type ArgumentKind =
  | "tensor"
  | "tensors"
  | "optionalTensors"
  | "int"
  | "ints"
  | "float"
  | "floats"
  | "bool"
  | "scalar"
  | "dtype"
  | "layout"
  | "device"
  | "memoryFormat"
  | "string"
  | "unsupported";

export interface OperatorArgument {
  readonly name: string;
  readonly kind: ArgumentKind;
  readonly nullable: boolean;
  readonly hasDefault: boolean;
  /** The operator writes into it. */
  readonly written: boolean;
  /** `int[2]` takes one number for two equal ones; 0 where the length is free. */
  readonly repeat: number;
}

export interface OperatorDescription {
  readonly name: string;
  /** LibTorch's own text of the schema. */
  readonly schema: string;
  readonly arguments: readonly OperatorArgument[];
  readonly returns: readonly ArgumentKind[];
  /** It returns only the tensor it wrote into; `invoke` then returns undefined. */
  readonly returnsSelf: boolean;
}

/** What one operator cost in one stage; `backward` where it differentiates the stage's work. */
export interface OperatorCost {
  readonly operator: string;
  /** As given to `stage`; null outside. */
  readonly stage: string | null;
  readonly backward: boolean;
  readonly calls: number;
  /** Of its own, without the operators that it called. */
  readonly milliseconds: number;
}

interface Addon {
  resolve(name: string): number;
  describe(operator: number): OperatorDescription;
  invoke(operator: number, ...args: unknown[]): unknown;
  operatorNames(): string[];
  free(tensor: Handle): void;
  alias(tensor: Handle): Handle;
  live(): number;
  /** Whether a scope is open: V8 is not told of memory that a scope's end will free. */
  setScoped(scoped: boolean): void;
  shape(tensor: Handle): number[];
  strides(tensor: Handle): number[];
  dtype(tensor: Handle): string;
  device(tensor: Handle): string;
  isContiguous(tensor: Handle, memoryFormat: string): boolean;
  fromTypedArray(data: TypedArray, shape: readonly number[], dtype: string, device: string): Handle;
  toTypedArray(tensor: Handle): TypedArray;
  copyToTypedArray(tensor: Handle, target: TypedArray): void;
  item(tensor: Handle): number | bigint;
  backward(
    tensors: readonly (Handle | null)[],
    gradients: readonly (Handle | null)[] | null,
    retainGraph: boolean,
    inputs: readonly (Handle | null)[],
  ): void;
  gradients(
    outputs: readonly (Handle | null)[],
    inputs: readonly (Handle | null)[],
    gradients: readonly (Handle | null)[] | null,
    retainGraph: boolean,
    createGraph: boolean,
    allowUnused: boolean,
  ): (Handle | null)[];
  gradient(tensor: Handle): Handle | null;
  setGradient(tensor: Handle, gradient: Handle | null): void;
  requiresGrad(tensor: Handle): boolean;
  setRequiresGrad(tensor: Handle, value: boolean): void;
  setGradMode(enabled: boolean): boolean;
  /** The number of the region that begins, for `leaveAutocast`. */
  enterAutocast(dtype: string | null): number;
  leaveAutocast(region: number): void;
  /** What this build lacks for process groups; null where it lacks nothing. */
  missingForProcessGroups(): string | null;
  joinProcessGroup(
    rank: number,
    size: number,
    file: string | null,
    host: string | null,
    port: number,
    serves: boolean,
    prefix: string,
    networkInterface: string | null,
    address: string | null,
    timeoutMs: number,
  ): GroupHandle;
  leaveProcessGroup(group: GroupHandle): void;
  allReduce(group: GroupHandle, tensor: Handle, reduction: "sum" | "max"): void;
  broadcast(group: GroupHandle, tensor: Handle, from: number): void;
  newGradientBuckets(
    group: GroupHandle,
    parameters: readonly (Handle | null)[],
    bytes: number,
  ): BucketsHandle;
  armGradientBuckets(buckets: BucketsHandle): void;
  finishGradientBuckets(buckets: BucketsHandle): number;
  freeGradientBuckets(buckets: BucketsHandle): void;
  threads(): number;
  setThreads(count: number): void;
  manualSeed(seed: number): void;
  version(): string;
  hasCuda(): boolean;
  /** Sets the threads unless they have been set in this process. */
  setDefaultThreads(count: number): void;
  startProfile(): void;
  setProfileStage(stage: string | null): void;
  stopProfile(): OperatorCost[];
  setErrorClass(errorClass: typeof TorchError): void;
}

const ADDON = "malleolus_torch.node";

/** The addon the launcher built (`MALLEOLUS_ADDON`), or else the newest under `build/`. */
function findAddon(): string {
  const chosen = process.env.MALLEOLUS_ADDON;
  if (chosen !== undefined && chosen !== "") return chosen;
  const builds = fileURLToPath(new URL("../build/", import.meta.url));
  const found = (existsSync(builds) ? readdirSync(builds) : [])
    .map((folder) => join(builds, folder, ADDON))
    .filter((path) => existsSync(path))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  const newest = found[0];
  if (newest === undefined) {
    throw new TorchError(
      "setup",
      `the LibTorch addon has not been built (no ${ADDON} under ${builds}): run ./malleolus test once, which builds it`,
    );
  }
  return newest;
}

function load(path: string): Addon {
  let addon: Addon;
  try {
    addon = createRequire(import.meta.url)(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TorchError(
      "setup",
      `the LibTorch addon ${path} could not be loaded: ${reason}. Was LibTorch moved or upgraded? Remove the folder and run ./malleolus again to rebuild it`,
      { cause },
    );
  }
  addon.setErrorClass(TorchError);
  // LibTorch 1.13 counts one core on some virtual machines; an explicit wish is left alone,
  // also one that was made before a worker thread loaded the addon again.
  if (process.env.OMP_NUM_THREADS === undefined) addon.setDefaultThreads(availableParallelism());
  return addon;
}

/** Where it lies. */
export const loadedFrom: string = findAddon();

export const native: Addon = load(loadedFrom);
