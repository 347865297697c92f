/**
 * Modules are plain objects: tensors and other modules under the names they have in published
 * checkpoints (`weight`, `running_mean`, `conv1`, or "0" in a list). Functions and plain values
 * beside them are not looked at.
 *
 * A parameter is a tensor that requires a gradient; the others are buffers or frozen.
 */
import { noGrad } from "../autograd.ts";
import { Tensor } from "../tensor.ts";

/** What maps a tensor to a tensor and may hold parameters. */
export interface Layer {
  forward(input: Tensor): Tensor;
}

export type StateDict = Map<string, Tensor>;

/** Every tensor in a module by its dotted name, in the order in which the object lists them. */
export function stateDict(module: object): StateDict {
  const found: StateDict = new Map();
  walk(module, "", found, new Set());
  return found;
}

/** The parameters that train, by name. */
export function parameters(module: object): StateDict {
  return new Map([...stateDict(module)].filter(([, tensor]) => tensor.requiresGrad));
}

/** Stops every parameter of a module from training. */
export function freeze(module: object): void {
  for (const tensor of stateDict(module).values()) tensor.requiresGrad_(false);
}

/** What loading found: names taken over, names the module has alone, names the state has alone. */
export interface LoadReport {
  readonly loaded: string[];
  readonly missing: string[];
  readonly unexpected: string[];
  /** Names whose shapes differ; they are left as they were. */
  readonly mismatched: { name: string; expected: number[]; got: number[] }[];
}

/** Copies a state into a module's tensors, in place, and says what fitted. */
export function loadStateDict(module: object, state: ReadonlyMap<string, Tensor>): LoadReport {
  const own = stateDict(module);
  const report: LoadReport = { loaded: [], missing: [], unexpected: [], mismatched: [] };
  noGrad(() => {
    for (const [name, tensor] of own) {
      const source = state.get(name);
      if (source === undefined) {
        report.missing.push(name);
        continue;
      }
      const expected = tensor.shape;
      const got = source.shape;
      if (expected.length !== got.length || expected.some((size, i) => size !== got[i])) {
        report.mismatched.push({ name, expected, got });
        continue;
      }
      tensor.copy_(source);
      report.loaded.push(name);
    }
  });
  for (const name of state.keys()) if (!own.has(name)) report.unexpected.push(name);
  return report;
}

function walk(value: object, prefix: string, found: StateDict, seen: Set<object>): void {
  if (seen.has(value)) return;
  seen.add(value);
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry !== "object" || entry === null || ArrayBuffer.isView(entry)) continue;
    const name = prefix === "" ? key : `${prefix}.${key}`;
    if (entry instanceof Tensor) found.set(name, entry);
    else walk(entry, name, found, seen);
  }
}
