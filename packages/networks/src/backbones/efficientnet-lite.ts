/**
 * EfficientNet-Lite2 (TensorFlow's `efficientnet/lite`, after Tan and Le 2019): MobileNetV2's blocks, some with
 * depthwise convolutions of 5x5, without squeeze and excitation and with ReLU6; 1.1 times as wide and 1.2 times
 * as deep as Lite0, but for its stem and its last convolution. Its borders are TensorFlow's.
 *
 * Layers are numbered as torchvision numbers MobileNetV2's: a stem, 21 inverted residuals and the last
 * convolution, `features.0` to `features.22`. Norms are as MobileNetV2's.
 *
 * Shapes: images [N, 3, H, W] of any size, blue, green and red on a scale of 0 to 255 less 127; the last map
 * [N, 1280, h, w], where h and w are H and W over 32, rounded up.
 */
import type { MobileNetV2Config } from "@malleolus/schema";
import { nn, noGrad, scope, type Tensor } from "@malleolus/torch";
import { type BlockPlan, type InvertedResidual, invertedResidual } from "./inverted-residual.ts";
import { mobileNetNorm } from "./mobilenet-v2.ts";
import { type ConvolutionAndNorm, convolutionAndNorm, eights } from "./normed-convolution.ts";

export interface EfficientNetLite {
  readonly features: readonly [ConvolutionAndNorm, ...InvertedResidual[], ConvolutionAndNorm];
  forward(images: Tensor): Tensor;
}

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

/** A network with new weights, drawn from LibTorch's generator. */
export function efficientNetLite2(
  config: Pick<MobileNetV2Config, "norm" | "freezeAt">,
): EfficientNetLite {
  const { freezeAt } = config;
  const plans = blockPlans();
  const position = plans.length + 1;
  const stem = convolutionAndNorm({
    in: 3,
    out: STEM_CHANNELS,
    kernel: 3,
    stride: 2,
    norm: mobileNetNorm(config, 0),
    normGroups: eights(STEM_CHANNELS),
    padding: "same",
  });
  const blocks = plans.map((plan, i) => invertedResidual(plan, mobileNetNorm(config, i + 1)));
  const last = convolutionAndNorm({
    in: plans[plans.length - 1].out,
    out: LAST_CHANNELS,
    kernel: 1,
    stride: 1,
    norm: mobileNetNorm(config, position),
    normGroups: eights(LAST_CHANNELS),
  });
  [stem, ...blocks, last].slice(0, freezeAt).forEach(nn.freeze);

  /** What never trains is not recorded. Memory that no gradient needs is freed at once. */
  const run = (index: number, body: () => Tensor): Tensor =>
    scope(() => (index < freezeAt ? noGrad(body) : body()));
  return {
    features: [stem, ...blocks, last],
    forward(images) {
      return scope(() => {
        const first = run(0, () => stem.forwardRelu6(images));
        const deep = blocks.reduce((x, block, i) => run(i + 1, () => block.forward(x)), first);
        return run(position, () => last.forwardRelu6(deep));
      });
    },
  };
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
