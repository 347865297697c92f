/** A detector's file at half its size, as the one that comes with the project is. */
import { readSafetensors, scope, type Tensor, writeSafetensors } from "@malleolus/torch";

/**
 * Writes a detector with its matrices and kernels in bfloat16, half its size; norms and biases stay
 * float32. What it finds moves by the rounding.
 *
 * @throws TorchError `checkpoint` where `from` cannot be read or `to` not be written.
 */
export function shrinkDetector(from: string, to: string): void {
  scope(() => {
    const { tensors, metadata } = readSafetensors(from);
    const halved = [...tensors].map(([name, tensor]): [string, Tensor] =>
      tensor.shape.length < 2 ? [name, tensor] : [name, tensor.to({ dtype: "bfloat16" })],
    );
    writeSafetensors(to, new Map(halved), metadata);
  });
}
