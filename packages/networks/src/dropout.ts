/**
 * Dropout (Srivastava et al. 2014) whose choice is handed in like every other draw of a training:
 * LibTorch's own draws from one generator, and an interrupted run would not repeat itself.
 */

import type { RandomStreams } from "@malleolus/random";
import { fromTypedArray, type Tensor } from "@malleolus/torch";

/** Of every image's values [N, …] a share becomes 0; the others are divided by what is left of 1. */
export function dropout(
  values: Tensor,
  share: number,
  random: RandomStreams,
  purpose: string,
): Tensor {
  if (share === 0) return values;
  const { shape, device } = values;
  const [images] = shape;
  const each = values.size / images;
  const factors = new Float32Array(images * each);
  for (let image = 0; image < images; image++) {
    const next = random(purpose, image);
    for (let i = 0; i < each; i++) {
      factors[image * each + i] = next() < share ? 0 : 1 / (1 - share);
    }
  }
  return values.mul(fromTypedArray(factors, shape, { device }).to(values.dtype));
}
