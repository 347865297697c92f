/**
 * DeepLabV3+ (Chen et al. 2018) on MobileNetV2: bones and fractures as a label a pixel. The paper's
 * preliminary network, whose masks annotators begin with.
 *
 * Not here: how a radiograph comes to the network's size, and training.
 *
 * Shapes: images [N, 3, H, W], H and W multiples of 32; logits [N, K + 1, H/4, W/4], K structures and
 * the background.
 */

import type { LabelMap, LabelProbabilities } from "@malleolus/imaging";
import type { RandomStreams } from "@malleolus/random";
import type { SegmentationConfig } from "@malleolus/schema";
import { nn, noGrad, scope, stage, type Tensor, upsampleBilinear2d } from "@malleolus/torch";
import {
  DEEP_CHANNELS,
  LOW_CHANNELS,
  type MobileNetV2,
  mobileNetV2,
} from "../backbones/mobilenet-v2.ts";
import { dropout } from "../dropout.ts";
import { ModelError } from "../errors.ts";
import type { ImageBatch } from "../input/image-batch.ts";
import type { WholeBatch } from "../whole-batch.ts";
import { type Aspp, aspp } from "./aspp.ts";
import { type Decoder, decoder } from "./decoder.ts";
import { withLikeliest } from "./likeliest-labels.ts";
import { labelTensor, type SegmentationLosses, segmentationLosses } from "./segmentation-loss.ts";
import { checkStructures } from "./structures.ts";

export interface DeepLab {
  readonly config: SegmentationConfig;
  readonly backbone: MobileNetV2;
  readonly aspp: Aspp;
  readonly decoder: Decoder;
  readonly predictor: nn.Convolution;
  /** Before softmax, at a quarter of the size. */
  logits(images: ImageBatch): Tensor;
  /** What the predictor sees, [N, channels, H/4, W/4]; `predictor` makes the logits of it. */
  decode(images: ImageBatch): Tensor;
  /**
   * How far the network is from the truth; labels of every image at its size. `whole` where these are a share
   * of a batch.
   */
  losses(
    images: ImageBatch,
    labels: readonly LabelMap[],
    random: RandomStreams,
    whole?: WholeBatch,
  ): SegmentationLosses;
  segment(images: ImageBatch): LabelProbabilities[];
  /** The same from logits of these images. */
  segmentationsOf(logits: Tensor, images: ImageBatch): LabelProbabilities[];
}

/**
 * A network with new weights, drawn from LibTorch's generator. Norms of the layers that no published
 * file has are group norms: they have no statistics that could be fixed.
 *
 * @throws ModelError `config` for structures that cannot be painted, and weights that are not theirs.
 */
export function deepLab(config: SegmentationConfig): DeepLab {
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

  const decode = (images: ImageBatch, regularise: (map: Tensor) => Tensor): Tensor =>
    scope(() => {
      const { low, deep } = stage("backbone", () => backbone.forward(images.tensor));
      const seen = stage("pyramid", () =>
        pyramid.forward(deep, images.sizes, config.backbone.outputStride),
      );
      return stage("decoder", () => fused.forward(low, regularise(seen)));
    });
  const logits = (images: ImageBatch, regularise: (map: Tensor) => Tensor): Tensor =>
    scope(() => predictor.forward(decode(images, regularise)));
  const model: DeepLab = {
    config,
    backbone,
    aspp: pyramid,
    decoder: fused,
    predictor,
    logits: (images) => logits(images, (map) => map),
    decode: (images) => decode(images, (map) => map),
    losses(images, labels, random, whole) {
      // What the gradients need is kept by the graph, which lets go of it on its way back.
      return scope(() => {
        const truth = labelTensor(labels, images, structures.length);
        const own = logits(images, (map) => dropout(map, config.dropout, random, "aspp-dropout"));
        return stage("losses", () =>
          segmentationLosses(full(own, images), truth.labels, truth.labeled, config.loss, whole),
        );
      });
    },
    segment: (images) =>
      noGrad(() => scope(() => model.segmentationsOf(model.logits(images), images))),
    segmentationsOf: (logits, images) =>
      noGrad(() =>
        scope(() => {
          const probabilities = full(logits, images).softmax(1);
          return images.sizes.map((size, i) => segmentationOf(probabilities.select(0, i), size));
        }),
      ),
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
): LabelProbabilities {
  const probabilities = all.narrow(1, 0, height).narrow(2, 0, width).toFloat32Array();
  return withLikeliest(width, height, probabilities);
}

function checkConfig({ structures, loss }: SegmentationConfig): void {
  checkStructures(structures);
  const expected = structures.length + 1;
  if (loss.classWeights.length === expected) return;
  throw new ModelError(
    "config",
    `loss.classWeights: expected ${expected}, one a structure and the background's last, ` +
      `got ${loss.classWeights.length}; name each`,
  );
}
