/**
 * EfficientNet-Lite2 as a detector's pyramid stands on it: what `networks` builds of the same configuration in
 * `backbones/efficientnet-lite.ts`, which says why.
 */
import type { EfficientNetLiteConfig } from "@malleolus/schema";
import type { Value } from "../graph/graph.ts";
import { convolutionRelu6, invertedResidual } from "../layers/inverted-residual.ts";
import type { Walk } from "../layers/layers.ts";

const PREFIX = "backbone.bottom_up.features";
const STEM_CHANNELS = 32;

/** Of every group of blocks: the kernel, how much wider it is inside, its channels, the first one's stride. */
const GROUPS = [
  { kernel: 3, expansion: 1, channels: 16, blocks: 1, stride: 1 },
  { kernel: 3, expansion: 6, channels: 24, blocks: 3, stride: 2, isStage: true },
  { kernel: 5, expansion: 6, channels: 48, blocks: 3, stride: 2, isStage: true },
  { kernel: 3, expansion: 6, channels: 88, blocks: 4, stride: 2 },
  { kernel: 5, expansion: 6, channels: 120, blocks: 4, stride: 1, isStage: true },
  { kernel: 5, expansion: 6, channels: 208, blocks: 5, stride: 2 },
  { kernel: 3, expansion: 6, channels: 352, blocks: 1, stride: 1, isStage: true },
] as const;

/** Of res2 to res5, the last maps of their resolutions. */
export const LITE_STAGE_CHANNELS: readonly number[] = GROUPS.filter(
  (group) => "isStage" in group,
).map(({ channels }) => channels);

/** res2 to res5 of an image [1, 3, H, W] whose sides are multiples of 32. */
export function liteStages(walk: Walk, image: Value, config: EfficientNetLiteConfig): Value[] {
  const padding = "same";
  const stem = { in: 3, out: STEM_CHANNELS, kernel: 3, stride: 2, padding } as const;
  let map = convolutionRelu6(walk, image, `${PREFIX}.0`, stem, config);
  let input = STEM_CHANNELS;
  let index = 1;
  return GROUPS.flatMap((group) => {
    const { kernel, expansion, channels, blocks, stride } = group;
    for (let i = 0; i < blocks; i++) {
      const plan = {
        in: input,
        wide: input * expansion,
        out: channels,
        expands: expansion > 1,
        kernel,
        stride: i === 0 ? stride : 1,
        dilation: 1,
        padding,
      } as const;
      map = invertedResidual(walk, map, `${PREFIX}.${index++}.conv`, plan, config).narrow;
      input = channels;
    }
    return "isStage" in group ? [map] : [];
  });
}
