/**
 * DeepLabV3+ (Chen et al. 2018) on MobileNetV2: bones and fractures as a label a pixel. The paper's
 * preliminary network, whose masks annotators begin with.
 *
 * Not here: how a radiograph comes to the network's size, and training.
 *
 * Shapes: images [N, 3, H, W], H and W multiples of 32; logits [N, K + 1, H/4, W/4], K structures and
 * the background.
 */

import type { RandomStreams } from "@malleolus/random";
import { nn, noGrad, scope, stage, type Tensor, upsampleBilinear2d } from "@malleolus/torch";
import {
  DEEP_CHANNELS,
  LOW_CHANNELS,
  type MobileNetV2,
  type MobileNetV2Config,
  mobileNetV2,
} from "../backbones/mobilenet-v2.ts";
import { dropout } from "../dropout.ts";
import { ModelError } from "../errors.ts";
import type { ImageBatch } from "../input/image-batch.ts";
import { type Aspp, type AsppConfig, aspp } from "./aspp.ts";
import { type Decoder, type DecoderConfig, decoder } from "./decoder.ts";
import {
  labelTensor,
  type SegmentationLossConfig,
  type SegmentationLosses,
  segmentationLosses,
} from "./segmentation-loss.ts";
import { checkStructures, type LabelMap, type Structure } from "./structures.ts";

/** All that defines the network, and what it is trained for. */
export interface DeepLabConfig {
  /** In the order in which they are painted. */
  readonly structures: readonly Structure[];
  readonly backbone: MobileNetV2Config;
  readonly aspp: AsppConfig;
  /** The share of the pyramid's values that training leaves out. */
  readonly dropout: number;
  readonly decoder: DecoderConfig;
  readonly loss: SegmentationLossConfig;
}

/** What the network sees in an image. */
export interface Segmentation {
  readonly width: number;
  readonly height: number;
  /** [K + 1, height, width], the background last; of a pixel they sum to 1. */
  readonly probabilities: Float32Array;
  /** The likeliest of every pixel. */
  readonly labels: LabelMap;
}

export interface DeepLab {
  readonly config: DeepLabConfig;
  readonly backbone: MobileNetV2;
  readonly aspp: Aspp;
  readonly decoder: Decoder;
  readonly predictor: nn.Convolution;
  /** Before softmax, at a quarter of the size. */
  logits(images: ImageBatch): Tensor;
  /** How far the network is from the truth; labels of every image at its size. */
  losses(
    images: ImageBatch,
    labels: readonly LabelMap[],
    random: RandomStreams,
  ): SegmentationLosses;
  segment(images: ImageBatch): Segmentation[];
}

/** The bones that the paper's protocol names, and their fractures. */
export const ankleStructures: readonly Structure[] = [
  { name: "tibia", within: null },
  { name: "fibula", within: null },
  { name: "fracture", within: "fibula" },
];

/**
 * As its authors have it for an output stride of 16, for weights in torchvision's form. All classes
 * weigh the same until `weightsByPrevalence` says how they should.
 */
export function deepLabConfig(structures: readonly Structure[] = ankleStructures): DeepLabConfig {
  return {
    structures,
    backbone: { norm: "fixed", outputStride: 16, firstExpansion: false, freezeAt: 0 },
    aspp: { channels: 256, rates: [6, 12, 18], separable: true },
    dropout: 0.1,
    decoder: { lowChannels: 48, channels: 256, convolutions: 2 },
    loss: { classWeights: Array(structures.length + 1).fill(1), diceWeight: 1 },
  };
}

/**
 * A network with new weights, drawn from LibTorch's generator. Norms of the layers that no published
 * file has are group norms: they have no statistics that could be fixed.
 *
 * @throws ModelError `config` for structures that cannot be painted, and weights that are not theirs.
 */
export function deepLab(config: DeepLabConfig): DeepLab {
  checkConfig(config);
  const { structures } = config;
  const backbone = mobileNetV2(config.backbone);
  const pyramid = aspp(DEEP_CHANNELS, config.aspp, "group");
  const fused = decoder({ low: LOW_CHANNELS, deep: config.aspp.channels }, config.decoder, "group");
  const predictor = nn.convolution({
    in: config.decoder.channels,
    out: structures.length + 1,
    kernel: 1,
  });
  nn.normal(predictor.weight, 0.01);

  const logits = (images: ImageBatch, regularise: (map: Tensor) => Tensor): Tensor =>
    scope(() => {
      const { low, deep } = stage("backbone", () => backbone.forward(images.tensor));
      const seen = stage("pyramid", () =>
        pyramid.forward(deep, images.sizes, config.backbone.outputStride),
      );
      return stage("decoder", () => predictor.forward(fused.forward(low, regularise(seen))));
    });
  const model: DeepLab = {
    config,
    backbone,
    aspp: pyramid,
    decoder: fused,
    predictor,
    logits: (images) => logits(images, (map) => map),
    losses(images, labels, random) {
      // What the gradients need is kept by the graph, which lets go of it on its way back.
      return scope(() => {
        const truth = labelTensor(labels, images, structures.length);
        const own = logits(images, (map) => dropout(map, config.dropout, random, "aspp-dropout"));
        return stage("losses", () =>
          segmentationLosses(full(own, images), truth.labels, truth.labeled, config.loss),
        );
      });
    },
    segment(images) {
      return noGrad(() =>
        scope(() => {
          const probabilities = full(model.logits(images), images).softmax(1);
          return images.sizes.map((size, i) => segmentationOf(probabilities.select(0, i), size));
        }),
      );
    },
  };
  return model;
}

/** Logits in float32, stretched over the images: [N, K + 1, H, W]. */
function full(logits: Tensor, images: ImageBatch): Tensor {
  const [, , height, width] = images.tensor.shape;
  return upsampleBilinear2d(logits.to("float32"), false, { outputSize: [height, width] });
}

/** Of probabilities [K + 1, H, W] the part that is image. */
function segmentationOf(
  all: Tensor,
  [height, width]: readonly [height: number, width: number],
): Segmentation {
  const own = all.narrow(1, 0, height).narrow(2, 0, width);
  const data = Uint8Array.from(own.argmax({ dim: 0 }).to("uint8").toNumbers());
  return {
    width,
    height,
    probabilities: own.toFloat32Array(),
    labels: { width, height, data },
  };
}

function checkConfig({ structures, loss }: DeepLabConfig): void {
  checkStructures(structures);
  const expected = structures.length + 1;
  if (loss.classWeights.length === expected) return;
  throw new ModelError(
    "config",
    `loss.classWeights: expected ${expected}, one a structure and the background's last, ` +
      `got ${loss.classWeights.length}; name each`,
  );
}
