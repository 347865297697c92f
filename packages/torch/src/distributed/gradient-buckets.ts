/**
 * The gradients of several processes, added up in buckets while the backward pass still goes on (Li et al.,
 * "PyTorch Distributed", VLDB 2020): as soon as the gradients of a bucket are there it is on its way, the
 * last layers' first.
 */
import { handlesOf } from "../dispatch.ts";
import { native } from "../native.ts";
import type { Tensor } from "../tensor.ts";
import type { ProcessGroup } from "./process-group.ts";

export interface GradientBuckets {
  /** The next backward pass is the last one before the gradients are used. */
  arm(): void;
  /**
   * After that pass: gives each parameter the sum of its gradients over all processes. Where none has a
   * gradient for it, it has none. Returns how many buckets were under way before the pass had ended.
   *
   * @throws TorchError `lost` where another process is gone; the gradients mean nothing then.
   */
  finish(): number;
  free(): void;
}

/** PyTorch's. */
const BUCKET_BYTES = 25 << 20;

/**
 * @param parameters float32, the same in every process, in the order of the forward pass
 * @throws TorchError `argument` for one that is not float32 or requires no gradient
 */
export function gradientBuckets(
  group: ProcessGroup,
  parameters: readonly Tensor[],
  bucketBytes: number = BUCKET_BYTES,
): GradientBuckets {
  const given = handlesOf(parameters, "gradientBuckets", "parameters");
  const handle = native.newGradientBuckets(group.handle, given, bucketBytes);
  return {
    arm: () => native.armGradientBuckets(handle),
    finish: () => native.finishGradientBuckets(handle),
    free: () => native.freeGradientBuckets(handle),
  };
}
