/**
 * EfficientNet-Lite2 (TensorFlow's `efficientnet/lite`, after Tan and Le 2019): MobileNetV2's blocks, some with
 * depthwise convolutions of 5x5, without squeeze and excitation and with ReLU6; 1.1 times as wide and 1.2 times
 * as deep as Lite0, but for its stem and its last convolution. Its borders are TensorFlow's.
 *
 * Layers are numbered as torchvision numbers MobileNetV2's: a stem, 21 inverted residuals and the last
 * convolution, `features.0` to `features.22`. Norms are as MobileNetV2's. Under a feature pyramid it is without the
 * last convolution, and gives a map a resolution, as the stages of a ResNet do.
 *
 * Shapes: images [N, 3, H, W], blue, green and red on a scale of 0 to 255 less 127. The last map is [N, 1280, h, w],
 * where h and w are H and W over 32, rounded up, of images of any size. The stages, of images whose sides are
 * multiples of 32: stem [N, 32, H/2, W/2]; res2 [N, 24, H/4, W/4]; res3 [N, 48, H/8, W/8]; res4 [N, 120, H/16, W/16];
 * res5 [N, 352, H/32, W/32].
 */
import type { EfficientNetLiteConfig, StageName } from "@malleolus/schema";
import { nn, noGrad, scope, type Tensor } from "@malleolus/torch";
import { type BlockPlan, type InvertedResidual, invertedResidual } from "./inverted-residual.ts";
import { mobileNetNorm } from "./mobilenet-v2.ts";
import { type ConvolutionAndNorm, convolutionAndNorm, eights } from "./normed-convolution.ts";
import type { StageOutputs } from "./resnet.ts";

export interface EfficientNetLite {
  readonly features: readonly [ConvolutionAndNorm, ...InvertedResidual[], ConvolutionAndNorm];
  forward(images: Tensor): Tensor;
}

/** Without its last convolution. */
export interface EfficientNetLiteStages {
  readonly features: readonly [ConvolutionAndNorm, ...InvertedResidual[]];
  forward(images: Tensor): StageOutputs;
}

type LiteConfig = Pick<EfficientNetLiteConfig, "norm" | "freezeAt">;

/** What its weights were trained with, of each channel; their deviation of 128 is in the first convolution. */
export const LITE_PIXEL_MEAN = [127, 127, 127] as const;

const [STEM_CHANNELS, LAST_CHANNELS] = [32, 1280];

/** Of every group of blocks: the kernel, how much wider it is inside, its channels, the first one's stride. */
const GROUPS = [
  { kernel: 3, expansion: 1, channels: 16, blocks: 1, stride: 1 },
  { kernel: 3, expansion: 6, channels: 24, blocks: 3, stride: 2 },
  { kernel: 5, expansion: 6, channels: 48, blocks: 3, stride: 2 },
  { kernel: 3, expansion: 6, channels: 88, blocks: 4, stride: 2 },
  { kernel: 5, expansion: 6, channels: 120, blocks: 4, stride: 1 },
  { kernel: 5, expansion: 6, channels: 208, blocks: 5, stride: 2 },
  { kernel: 3, expansion: 6, channels: 352, blocks: 1, stride: 1 },
] as const;

/** Channels that the stages give. */
export const LITE_STAGE_CHANNELS: Readonly<Record<StageName, number>> = {
  res2: 24,
  res3: 48,
  res4: 120,
  res5: 352,
};

/** The index in `features` of the last block at a resolution. */
const STAGE_ENDS: Readonly<Record<StageName, number>> = { res2: 4, res3: 7, res4: 15, res5: 21 };

/** A network with new weights, drawn from LibTorch's generator. */
export function efficientNetLite2(config: LiteConfig): EfficientNetLite {
  const features = stemAndBlocks(config);
  const position = features.length;
  const last = convolutionAndNorm({
    in: LITE_STAGE_CHANNELS.res5,
    out: LAST_CHANNELS,
    kernel: 1,
    stride: 1,
    norm: mobileNetNorm(config, position),
    normGroups: eights(LAST_CHANNELS),
  });
  const [stem, ...blocks] = features;
  [...features, last].slice(0, config.freezeAt).forEach(nn.freeze);
  const run = runnerOf(config);
  return {
    features: [...features, last],
    forward(images) {
      return scope(() => {
        const first = run(0, () => stem.forwardRelu6(images));
        const deep = blocks.reduce((x, block, i) => run(i + 1, () => block.forward(x)), first);
        return run(position, () => last.forwardRelu6(deep));
      });
    },
  };
}

/** The same without its last convolution: what a feature pyramid stands on. */
export function efficientNetLite2Stages(config: LiteConfig): EfficientNetLiteStages {
  const features = stemAndBlocks(config);
  const [stem, ...blocks] = features;
  features.slice(0, config.freezeAt).forEach(nn.freeze);
  const run = runnerOf(config);
  return {
    features,
    forward(images) {
      const first = run(0, () => stem.forwardRelu6(images));
      const through = (from: Tensor, begin: number, end: number): Tensor =>
        scope(() =>
          blocks
            .slice(begin, end)
            .reduce((x, block, i) => run(begin + i + 1, () => block.forward(x)), from),
        );
      const res2 = through(first, 0, STAGE_ENDS.res2);
      const res3 = through(res2, STAGE_ENDS.res2, STAGE_ENDS.res3);
      const res4 = through(res3, STAGE_ENDS.res3, STAGE_ENDS.res4);
      const res5 = through(res4, STAGE_ENDS.res4, STAGE_ENDS.res5);
      return { stem: first, res2, res3, res4, res5 };
    },
  };
}

/** Runs a layer; what never trains is not recorded. Memory that no gradient needs is freed at once. */
function runnerOf({ freezeAt }: LiteConfig) {
  return (index: number, body: () => Tensor): Tensor =>
    scope(() => (index < freezeAt ? noGrad(body) : body()));
}

function stemAndBlocks(config: LiteConfig): [ConvolutionAndNorm, ...InvertedResidual[]] {
  const stem = convolutionAndNorm({
    in: 3,
    out: STEM_CHANNELS,
    kernel: 3,
    stride: 2,
    norm: mobileNetNorm(config, 0),
    normGroups: eights(STEM_CHANNELS),
    padding: "same",
  });
  return [
    stem,
    ...blockPlans().map((plan, i) => invertedResidual(plan, mobileNetNorm(config, i + 1))),
  ];
}

function blockPlans(): BlockPlan[] {
  let input = STEM_CHANNELS;
  return GROUPS.flatMap(({ kernel, expansion, channels, blocks, stride }) =>
    Array.from({ length: blocks }, (_, i): BlockPlan => {
      const plan = {
        in: input,
        wide: input * expansion,
        out: channels,
        expands: expansion > 1,
        kernel,
        stride: i === 0 ? stride : 1,
        dilation: 1,
        padding: "same",
      } as const;
      input = channels;
      return plan;
    }),
  );
}
