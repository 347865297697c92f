/**
 * The features of where structures are found: a segmentation that was trained before says where tibia, fibula
 * and fracture are, and its map there says what is there. The segmentation stays as it is: so few radiographs do
 * not teach where fractures are by their class alone (the mean over a whole radiograph drowns them: macro AUC
 * 0.55), and one pass of it serves outlines and class.
 *
 * Features are brought to a mean of 0 and a deviation of 1 by what a few radiographs show at the beginning:
 * channels and shares differ by orders, and a softmax of features as they are told classes apart less well in as
 * many steps.
 */
import { type ClassificationConfig, deepLabConfig, type StructurePooling } from "@malleolus/schema";
import { cat, div, nn, noGrad, ones, scope, type Tensor, zeros } from "@malleolus/torch";
import { type DeepLab, deepLab } from "../deeplab/deeplab.ts";
import type { ImageBatch } from "../input/image-batch.ts";
import { featuresWhereFound, meansWhereFound } from "./means-where-found.ts";
import type { ClassifierTrunk } from "./trunk.ts";

export interface WhereFound extends ClassifierTrunk {
  readonly segmentation: DeepLab;
  /** Of each feature [width], measured once. */
  readonly standard: { readonly mean: Tensor; readonly deviation: Tensor };
  /** Of a segmentation's map [N, C, H/4, W/4] and logits [N, K + 1, H/4, W/4] features [N, width]. */
  featuresOf(map: Tensor, logits: Tensor, sizes: ImageBatch["sizes"]): Tensor;
  /** Measures `standard` on some batches; 32 images are enough. */
  measureStandard(batches: Iterable<ImageBatch>): void;
}

/** Added to deviations: a feature that hardly moves does not become noise. */
const LEAST_DEVIATION = 0.05;

export function whereFound(config: ClassificationConfig, pooling: StructurePooling): WhereFound {
  const { structures, aspp, decoder } = pooling;
  const { pixelMean, channels, sizeDivisibility, backbone } = config;
  const segmentation = deepLab({
    ...deepLabConfig(structures),
    pixelMean,
    channels,
    sizeDivisibility,
    backbone,
    aspp,
    decoder,
  });
  nn.freeze(segmentation);
  const width = featuresWhereFound(decoder.channels, structures.length);
  const standard = { mean: zeros([width]), deviation: ones([width]) };
  const plain = (map: Tensor, logits: Tensor, sizes: ImageBatch["sizes"]) =>
    meansWhereFound(map, logits.to("float32").softmax(1), sizes);
  /** Through the segmentation, whose weights no gradient reaches. */
  const look = (images: ImageBatch, features: WhereFound["featuresOf"]) =>
    noGrad(() =>
      scope(() => {
        const map = segmentation.decode(images);
        return features(map, segmentation.predictor.forward(map), images.sizes);
      }),
    );
  const featuresOf: WhereFound["featuresOf"] = (map, logits, sizes) =>
    scope(() => div(plain(map, logits, sizes).sub(standard.mean), standard.deviation));
  return {
    parts: { segmentation, standard },
    layers: segmentation.backbone.features,
    width,
    segmentation,
    standard,
    featuresOf,
    forward: (images) => look(images, featuresOf),
    measureStandard(batches) {
      noGrad(() =>
        scope(() => {
          const seen = cat(
            Array.from(batches, (images) => look(images, plain)),
            { dim: 0 },
          );
          const mean = seen.mean({ dim: [0] });
          const variance = seen
            .sub(mean)
            .square()
            .mean({ dim: [0] });
          standard.mean.copy_(mean);
          standard.deviation.copy_(variance.sqrt().add(LEAST_DEVIATION));
        }),
      );
    },
  };
}
