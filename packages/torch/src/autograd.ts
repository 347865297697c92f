/** Gradients and the modes in which operators run. */
import { tensorOf } from "./dispatch.ts";
import type { DType } from "./dtype.ts";
import { TorchError } from "./errors.ts";
import { native } from "./native.ts";
import type { Tensor } from "./tensor.ts";

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
    listOfTensors(outputs).map((tensor) => tensor.live()),
    options.gradients?.map((gradient) => gradient?.live() ?? null) ?? null,
    options.retainGraph ?? false,
    options.inputs?.map((tensor) => tensor.live()) ?? [],
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
      listOfTensors(outputs).map((tensor) => tensor.live()),
      inputs.map((tensor) => tensor.live()),
      options.gradients?.map((gradient) => gradient?.live() ?? null) ?? null,
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
 * LibTorch 1.13 casts `conv2d` on the CPU, but no transposed convolution: cast that yourself.
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
      `${mode}: expected a synchronous function, got one that returns a Promise`,
      "scope",
    );
  }
  return result;
}

function listOfTensors(value: Tensor | readonly Tensor[]): readonly Tensor[] {
  return "handle" in value ? [value] : value;
}
