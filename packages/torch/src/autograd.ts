/** Gradients and the modes in which operators run. */
import { handlesOf, tensorOf } from "./dispatch.ts";
import type { DType } from "./dtype.ts";
import { TorchError } from "./errors.ts";
import { type Handle, native } from "./native.ts";
import { Tensor } from "./tensor.ts";

export interface BackwardOptions {
  /** Gradients of what comes after; 1 for a tensor of one element. */
  readonly gradients?: readonly (Tensor | null)[];
  /** Keep the recorded graph for another pass. */
  readonly retainGraph?: boolean;
  /** Accumulate into these only. */
  readonly inputs?: readonly Tensor[];
}

/** Adds the gradients of `outputs` to the `grad` of every leaf that requires one. */
export function backward(outputs: Tensor | readonly Tensor[], options: BackwardOptions = {}): void {
  native.backward(
    handlesOf(listOfTensors(outputs), "backward", "outputs"),
    gradientsOf(outputs, options, "backward"),
    options.retainGraph ?? false,
    handlesOf(options.inputs ?? [], "backward", "inputs"),
  );
}

export interface GradOptions {
  readonly gradients?: readonly (Tensor | null)[];
  readonly retainGraph?: boolean;
  /** Record the gradients themselves, for second derivatives. */
  readonly createGraph?: boolean;
}

/** The gradients of `outputs` with respect to `inputs`; null for an input that plays no part. */
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: readonly Tensor[],
  options: GradOptions = {},
): (Tensor | null)[] {
  const createGraph = options.createGraph ?? false;
  return native
    .gradients(
      handlesOf(listOfTensors(outputs), "grad", "outputs"),
      handlesOf(inputs, "grad", "inputs"),
      gradientsOf(outputs, options, "grad"),
      options.retainGraph ?? createGraph,
      createGraph,
      true,
    )
    .map((handle) => (handle === null ? null : tensorOf(handle)));
}

/** Runs `body` without recording. */
export function noGrad<T>(body: () => T): T {
  const before = native.setGradMode(false);
  try {
    return refusePromise("noGrad", body());
  } finally {
    native.setGradMode(before);
  }
}

/**
 * Runs `body` with convolutions and matrix products in `dtype` (bfloat16 or float16), on every
 * device; null switches autocast off inside. Weights that were cast are forgotten at the end,
 * also after an error, so that an update in place is seen by the next call.
 *
 * LibTorch 1.13 casts `conv2d` on the CPU down, but transposed convolutions up to float32; see
 * `nn.transposedConvolution`. It has no float16 there.
 */
export function autocast<T>(
  dtype: Extract<DType, "bfloat16" | "float16"> | null,
  body: () => T,
): T {
  const before = native.enterAutocast(dtype);
  try {
    return refusePromise("autocast", body());
  } finally {
    native.leaveAutocast(before);
  }
}

/** A mode that lasted until the first `await` would be no mode. */
function refusePromise<T>(mode: string, result: T): T {
  if (result instanceof Promise) {
    result.catch(() => undefined);
    throw new TorchError(
      "scope",
      `${mode}: expected a synchronous function, got one that returns a Promise`,
    );
  }
  return result;
}

function listOfTensors(value: Tensor | readonly Tensor[]): readonly Tensor[] {
  return value instanceof Tensor ? [value] : value;
}

function gradientsOf(
  outputs: Tensor | readonly Tensor[],
  options: { readonly gradients?: readonly (Tensor | null)[] },
  operation: string,
): (Handle | null)[] | null {
  if (options.gradients === undefined) return null;
  const wanted = listOfTensors(outputs).length;
  const got = options.gradients.length;
  if (got !== wanted) {
    throw new TorchError("argument", `${operation}: expected ${wanted} gradients, got ${got}`);
  }
  return handlesOf(options.gradients, operation, "gradients");
}
