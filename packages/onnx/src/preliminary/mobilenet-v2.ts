/**
 * MobileNetV2 under torchvision's names: what `networks` builds of the same configuration in
 * `backbones/mobilenet-v2.ts`, which says why.
 */
import type { MobileNetV2Config } from "@malleolus/schema";
import type { Value } from "../graph/graph.ts";
import { type BlockPlan, convolutionRelu6, invertedResidual } from "../layers/inverted-residual.ts";
import type { Walk } from "../layers/layers.ts";

export const LOW_CHANNELS = 144;
export const DEEP_CHANNELS = 320;
const STEM_CHANNELS = 32;

/** The index of the block whose wide map is `low`. */
const LOW = 3;

/** Of every group of blocks: how much wider it is inside, its channels, and the first one's stride. */
const GROUPS = [
  { expansion: 1, channels: 16, blocks: 1, stride: 1 },
  { expansion: 6, channels: 24, blocks: 2, stride: 2 },
  { expansion: 6, channels: 32, blocks: 3, stride: 2 },
  { expansion: 6, channels: 64, blocks: 4, stride: 2 },
  { expansion: 6, channels: 96, blocks: 3, stride: 1 },
  { expansion: 6, channels: 160, blocks: 3, stride: 2 },
  { expansion: 6, channels: DEEP_CHANNELS, blocks: 1, stride: 1 },
] as const;

export interface MobileNetMaps {
  /** [1, 144, H/4, W/4] */
  readonly low: Value;
  /** [1, 320, H/S, W/S] at the output stride S. */
  readonly deep: Value;
  /** How many of `features` are there: the next one's number. */
  readonly count: number;
}

/** @param prefix what stands before `features` in the names */
export function mobileNetV2(
  walk: Walk,
  image: Value,
  prefix: string,
  config: MobileNetV2Config,
): MobileNetMaps {
  const stem = { in: 3, out: STEM_CHANNELS, kernel: 3, stride: 2 };
  let map = convolutionRelu6(walk, image, `${prefix}features.0`, stem, config);
  let low = map;
  let index = 1;
  for (const plan of blockPlans(config)) {
    const { wide, narrow } = invertedResidual(
      walk,
      map,
      `${prefix}features.${index}.conv`,
      plan,
      config,
    );
    if (index === LOW) low = wide;
    map = narrow;
    index++;
  }
  return { low, deep: map, count: index };
}

/** Where a stride would go beyond the output stride, the blocks after it are dilated by it instead. */
function blockPlans(config: MobileNetV2Config): BlockPlan[] {
  const plans: BlockPlan[] = [];
  let input = STEM_CHANNELS;
  let reached = 2;
  let dilation = 1;
  for (const { expansion, channels, blocks, stride } of GROUPS) {
    for (let i = 0; i < blocks; i++) {
      const wanted = i === 0 ? stride : 1;
      const isBeyond = reached * wanted > config.outputStride;
      plans.push({
        in: input,
        wide: input * expansion,
        out: channels,
        expands: expansion > 1 || config.firstExpansion,
        kernel: 3,
        stride: isBeyond ? 1 : wanted,
        dilation,
        padding: "centered",
      });
      if (isBeyond) dilation *= wanted;
      else reached *= wanted;
      input = channels;
    }
  }
  return plans;
}
