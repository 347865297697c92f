/**
 * MobileNetV2 (Sandler et al. 2018) at its full width, as torchvision builds it
 * (models/mobilenetv2.py) and under its parameter names: a stem and 17 inverted residuals,
 * `features.0` to `features.17`. The last convolution, to 1280 channels, is the classifier's.
 *
 * DeepLab's output stride of 16 is had as its authors have it: where a stride would go beyond, it is
 * left out, and the blocks after it are dilated by it.
 *
 * Its batch norms keep the statistics that come with the weights, in training too; their scales and
 * shifts train. A batch on two cores is a few radiographs: their own statistics would be noise, and
 * others than those of prediction. Without weights it takes group norm, eight channels a group: all
 * of its widths are multiples of eight, and a group of fewer would leave little of a map's mean.
 *
 * Shapes: images [N, 3, H, W], H and W multiples of 32; `low` [N, 144, H/4, W/4];
 * `deep` [N, 320, H/S, W/S] at the output stride S.
 */
import type { MobileNetV2Config } from "@malleolus/schema";
import { nn, noGrad, scope, type Tensor } from "@malleolus/torch";
import { type BlockPlan, type InvertedResidual, invertedResidual } from "./inverted-residual.ts";
import {
  type ConvolutionAndNorm,
  convolutionAndNorm,
  eights,
  type NormKind,
} from "./normed-convolution.ts";

export interface MobileNetV2Maps {
  /** What the decoder of DeepLabV3+ takes: the wide map of `features.3`. */
  readonly low: Tensor;
  readonly deep: Tensor;
}

export interface MobileNetV2 {
  readonly features: readonly [ConvolutionAndNorm, ...InvertedResidual[]];
  forward(images: Tensor): MobileNetV2Maps;
}

export const LOW_CHANNELS = 144;
export const DEEP_CHANNELS = 320;

/** The index of the block in `features` whose wide map is `low`: the last at a stride of 4. */
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

const STEM_CHANNELS = 32;

export function mobileNetV2(config: MobileNetV2Config): MobileNetV2 {
  const normOf = (index: number) => mobileNetNorm(config, index);
  const stem = convolutionAndNorm({
    in: 3,
    out: STEM_CHANNELS,
    kernel: 3,
    stride: 2,
    norm: normOf(0),
    normGroups: eights(STEM_CHANNELS),
  });
  const blocks = blockPlans(config).map((plan, i) => invertedResidual(plan, normOf(i + 1)));
  [stem, ...blocks].slice(0, config.freezeAt).forEach(nn.freeze);

  /** What never trains is not recorded. Memory that no gradient needs is freed at once. */
  const run = <T>(index: number, body: () => T): T =>
    scope(() => (index < config.freezeAt ? noGrad(body) : body()));
  return {
    features: [stem, ...blocks],
    forward(images) {
      return scope(() => {
        const first = run(0, () => stem.forwardRelu6(images));
        const through = (from: Tensor, begin: number, end?: number): Tensor =>
          blocks
            .slice(begin, end)
            .reduce((x, block, i) => run(begin + i + 1, () => block.forward(x)), from);
        const before = through(first, 0, LOW - 1);
        const { wide: low, output } = run(LOW, () => blocks[LOW - 1].forwardWide(before));
        return { low, deep: through(output, LOW) };
      });
    },
  };
}

/** Of a layer at this place in `features`. */
export function mobileNetNorm(
  { norm, freezeAt }: { readonly norm: string; readonly freezeAt: number },
  index: number,
): NormKind {
  if (norm === "group") return "group";
  return index < freezeAt ? "frozen" : "measured";
}

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
