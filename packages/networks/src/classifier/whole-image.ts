/** The features of a whole radiograph: torchvision's, the mean of MobileNetV2's last layer over it. */
import type { ClassificationConfig } from "@malleolus/schema";
import { nn, scope, stage } from "@malleolus/torch";
import { meanWithin } from "../backbones/mean-within.ts";
import { DEEP_CHANNELS, mobileNetNorm, mobileNetV2 } from "../backbones/mobilenet-v2.ts";
import { convolutionAndNorm, eights } from "../backbones/normed-convolution.ts";
import type { ClassifierTrunk } from "./trunk.ts";

const FEATURES = 1280;

export function wholeImage(config: ClassificationConfig): ClassifierTrunk {
  const { outputStride, freezeAt } = config.backbone;
  const backbone = mobileNetV2(config.backbone);
  const position = backbone.features.length;
  const last = convolutionAndNorm({
    in: DEEP_CHANNELS,
    out: FEATURES,
    kernel: 1,
    stride: 1,
    norm: mobileNetNorm(config.backbone, position),
    normGroups: eights(FEATURES),
  });
  if (position < freezeAt) nn.freeze(last);
  const features = [...backbone.features, last];
  return {
    parts: { features },
    layers: features,
    width: FEATURES,
    forward: (images) =>
      scope(() => {
        const { deep } = stage("backbone", () => backbone.forward(images.tensor));
        return meanWithin(last.forwardRelu6(deep), images.sizes, outputStride);
      }),
  };
}
