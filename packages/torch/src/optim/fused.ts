/** What the optimisers' fused steps need of their tensors. */
import { noGrad } from "../autograd.ts";
import { zerosLike } from "../ops.generated.ts";
import { keep, scope } from "../scope.ts";
import type { Tensor } from "../tensor.ts";

/** Whether one pass over the memory can do the step: there are kernels for float32. */
export function isFused({
  parameter,
  gradient,
}: {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
}): boolean {
  return [parameter, gradient].every(({ dtype }) => dtype === "float32");
}

/** A moment of the optimiser's own, in memory as its parameter is: zeros, or what was saved. */
export function momentLike(parameter: Tensor, saved: Tensor | null): Tensor {
  const moment = scope(() => {
    const zeros = noGrad(() => zerosLike(parameter));
    return saved === null ? zeros : zeros.copy_(saved);
  });
  return keep(moment);
}
