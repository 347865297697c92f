/**
 * The features of where structures are found: a segmentation that was trained before says where tibia, fibula
 * and fracture are; a few convolutions over its map, which are trained, say what is there. The segmentation
 * stays as it is: so few radiographs do not teach where fractures are by their class alone (its mean over a
 * whole radiograph drowns them: macro AUC 0.55), and one pass of it serves outlines and class.
 */
import type { ClassificationConfig, StructurePooling } from "@malleolus/schema";
import { nn, noGrad, scope, stage, type Tensor } from "@malleolus/torch";
import { type DeepLab, deepLab } from "../deeplab/deeplab.ts";
import {
  type SeparableConvolution,
  separableConvolution,
} from "../deeplab/separable-convolution.ts";
import type { ImageBatch } from "../input/image-batch.ts";
import { featuresWhereFound, meansWhereFound } from "./means-where-found.ts";
import type { ClassifierTrunk } from "./trunk.ts";

export interface WhereFound extends ClassifierTrunk {
  readonly segmentation: DeepLab;
  readonly head: readonly SeparableConvolution[];
  /** Of a segmentation's map [N, C, H/4, W/4] and logits [N, K + 1, H/4, W/4] features [N, width]. */
  featuresOf(map: Tensor, logits: Tensor, sizes: ImageBatch["sizes"]): Tensor;
}

export function whereFound(config: ClassificationConfig, pooling: StructurePooling): WhereFound {
  const { structures, aspp, decoder } = pooling;
  const segmentation = deepLab({
    kind: "segmentation",
    structures,
    pixelMean: config.pixelMean,
    channels: config.channels,
    sizeDivisibility: config.sizeDivisibility,
    backbone: config.backbone,
    aspp,
    dropout: 0,
    decoder,
    loss: { prevalencePower: 0, classWeights: [...structures, null].map(() => 1), diceWeight: 1 },
  });
  nn.freeze(segmentation);
  const { channels, convolutions } = pooling.head;
  const head = Array.from({ length: convolutions }, (_, i) =>
    separableConvolution({
      in: i === 0 ? decoder.channels : channels,
      out: channels,
      norm: "group",
    }),
  );
  const featuresOf: WhereFound["featuresOf"] = (map, logits, sizes) =>
    scope(() => {
      const seen = head.reduce((x, layer) => scope(() => layer.forwardRelu(x)), map);
      return meansWhereFound(seen, logits.to("float32").softmax(1), sizes);
    });
  return {
    parts: { segmentation, head },
    layers: segmentation.backbone.features,
    width: featuresWhereFound(convolutions === 0 ? decoder.channels : channels, structures.length),
    segmentation,
    head,
    featuresOf,
    forward: (images) =>
      scope(() => {
        const map = noGrad(() => segmentation.decode(images));
        const logits = noGrad(() => segmentation.predictor.forward(map));
        return stage("head", () => featuresOf(map, logits, images.sizes));
      }),
  };
}
