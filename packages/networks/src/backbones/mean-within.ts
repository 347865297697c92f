/** Pooling of whole maps that sees images and not the padding of their batch. */
import { stack, type Tensor } from "@malleolus/torch";
import type { ImageBatch } from "../input/image-batch.ts";

/**
 * The mean of maps [N, C, h, w] over the cells that hold image; [N, C] in float32. So neither a
 * batch's padding nor who else is in the batch changes what is seen in an image.
 */
export function meanWithin(maps: Tensor, sizes: ImageBatch["sizes"], stride: number): Tensor {
  return stack(
    sizes.map(([height, width], i) =>
      maps
        .select(0, i)
        .narrow(1, 0, Math.ceil(height / stride))
        .narrow(2, 0, Math.ceil(width / stride))
        .to("float32")
        .mean({ dim: [1, 2] }),
    ),
  );
}
