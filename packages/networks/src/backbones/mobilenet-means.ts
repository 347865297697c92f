/** How large the features of a MobileNetV2 are, block by block: the first thing to look at when training fails. */
import { noGrad, scope, type Tensor } from "@malleolus/torch";
import type { ImageBatch } from "../input/image-batch.ts";
import type { InvertedResidual } from "./inverted-residual.ts";
import type { ConvolutionAndNorm } from "./normed-convolution.ts";

/** The stem, the last block of every resolution, and the last layers. */
const SHOWN = new Set([0, 1, 3, 6, 10, 13, 17, 18]);

/** The mean absolute activation of some of `features`. Healthy ones lie between 0.1 and 10. */
export function mobileNetMeans(
  { features }: { readonly features: readonly (ConvolutionAndNorm | InvertedResidual)[] },
  batch: ImageBatch,
): Record<string, number> {
  return noGrad(() =>
    scope(() => {
      const means: Record<string, number> = {};
      let x: Tensor = batch.tensor;
      for (const [index, layer] of features.entries()) {
        const from = x;
        x = scope(() => ("forwardRelu6" in layer ? layer.forwardRelu6(from) : layer.forward(from)));
        if (SHOWN.has(index)) {
          means[`features.${index}`] = x.to("float32").abs().mean().item();
        }
      }
      return means;
    }),
  );
}
