/** The size of the features, stage by stage: the first thing to look at when training fails. */
import { noGrad, scope } from "@malleolus/torch";
import type { ImageBatch } from "../input/image-batch.ts";
import type { FeaturePyramid } from "./fpn.ts";

/**
 * The mean absolute activation of `stem`, `res2` to `res5` and `p2` to `p5`. Healthy ones lie
 * between 0.1 and 10 (an untrained pyramid's may be lower).
 */
export function activationMeans(
  model: { readonly backbone: FeaturePyramid },
  batch: ImageBatch,
): Record<string, number> {
  return noGrad(() =>
    scope(() => {
      const stages = model.backbone.bottom_up.forward(batch.tensor);
      const pyramid = model.backbone.pyramid(stages);
      const levels = Object.fromEntries(pyramid.map((level, i) => [`p${i + 2}`, level]));
      const means: Record<string, number> = {};
      for (const [name, tensor] of Object.entries({ ...stages, ...levels })) {
        means[name] = tensor.to("float32").abs().mean().item();
      }
      return means;
    }),
  );
}
