/** A network's detection: one instance, in pixels of the network's image. */
import type { Box } from "@malleolus/geometry";

export interface Detection {
  /** Clipped to the image. */
  readonly box: Box;
  /** Index of `MaskRcnnConfig.classes`. */
  readonly class: number;
  /** Softmax probability of the class, 0 to 1. */
  readonly score: number;
  /** Of its region, the softmax probability of every class, without the background: [K]. */
  readonly probabilities: Float32Array;
  /** Probabilities of the mask, row-major on a square grid stretched over the box: [M * M]. */
  readonly mask: Float32Array;
}
