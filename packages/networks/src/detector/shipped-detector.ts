/**
 * The detector that comes with the project: a small network that has seen simulated ankles and nothing
 * else. It is there so that the first minute has something to try, and a training something better
 * than chance to begin with. How it was made, and how good it is, stands in `detectors/README.md`.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readSafetensors, scope, type Tensor, writeSafetensors } from "@malleolus/torch";

const PATH = join(import.meta.dirname, "../../detectors/simulated-ankle.safetensors");

/** Null where the file was left out of an installation. */
export function shippedDetector(): string | null {
  return existsSync(PATH) ? PATH : null;
}

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
