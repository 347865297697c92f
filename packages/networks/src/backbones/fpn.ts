/**
 * Feature pyramid (Lin et al. 2017) over a ResNet or an EfficientNet-Lite, as Detectron2 builds it: 1x1 laterals, the
 * coarser map doubled by nearest neighbour and added, a 3x3 output, and p6 as every second cell
 * of p5 (detectron2/modeling/backbone/fpn.py).
 *
 * Shapes: images [N, 3, H, W] with H and W multiples of 32; p2 [N, C, H/4, W/4] …
 * p5 [N, C, H/32, W/32], p6 [N, C, ceil(H/64), ceil(W/64)].
 */

import type { BackboneConfig, StageName } from "@malleolus/schema";
import {
  maxPool2d,
  nn,
  noGrad,
  scope,
  stage,
  type Tensor,
  upsampleNearest2d,
} from "@malleolus/torch";
import type { Features } from "../mask-rcnn/features.ts";
import {
  type EfficientNetLiteStages,
  efficientNetLite2Stages,
  LITE_STAGE_CHANNELS,
} from "./efficientnet-lite.ts";
import { type ResNet, resNet, type StageOutputs, stageChannels } from "./resnet.ts";

/** What the pyramid stands on. */
export type BottomUp = ResNet | EfficientNetLiteStages;

export interface FeaturePyramid {
  readonly bottom_up: BottomUp;
  readonly fpn_lateral2: nn.Convolution;
  readonly fpn_output2: nn.Convolution;
  readonly fpn_lateral3: nn.Convolution;
  readonly fpn_output3: nn.Convolution;
  readonly fpn_lateral4: nn.Convolution;
  readonly fpn_output4: nn.Convolution;
  readonly fpn_lateral5: nn.Convolution;
  readonly fpn_output5: nn.Convolution;
  forward(images: Tensor): Features;
  /** From the stages of `bottom_up` to p2 … p6. */
  pyramid(stages: StageOutputs): Features;
}

export function featurePyramid(config: BackboneConfig): FeaturePyramid {
  const channels = config.fpnChannels;
  const isLite = config.kind === "efficientnet-lite2";
  const inputs = isLite ? LITE_STAGE_CHANNELS : stageChannels(config);
  const lateral = (stage: StageName) =>
    nn.convolution({ in: inputs[stage], out: channels, kernel: 1 });
  const output = () =>
    channelsLast(nn.convolution({ in: channels, out: channels, kernel: 3, padding: 1 }));
  const layers = {
    fpn_lateral2: lateral("res2"),
    fpn_output2: output(),
    fpn_lateral3: lateral("res3"),
    fpn_output3: output(),
    fpn_lateral4: lateral("res4"),
    fpn_output4: output(),
    fpn_lateral5: lateral("res5"),
    fpn_output5: output(),
  };
  const bottom_up = isLite ? efficientNetLite2Stages(config) : resNet(config);
  const pyramid = (stages: StageOutputs): Features => {
    const inner5 = layers.fpn_lateral5.forward(stages.res5);
    const inner4 = joined(layers.fpn_lateral4, stages.res4, inner5);
    const inner3 = joined(layers.fpn_lateral3, stages.res3, inner4);
    const inner2 = joined(layers.fpn_lateral2, stages.res2, inner3);
    const p5 = layers.fpn_output5.forward(inner5);
    return [
      layers.fpn_output2.forward(inner2),
      layers.fpn_output3.forward(inner3),
      layers.fpn_output4.forward(inner4),
      p5,
      maxPool2d(p5, 1, { stride: 2 }),
    ];
  };
  return {
    bottom_up,
    ...layers,
    pyramid,
    forward(images) {
      const stages = stage("backbone", () => bottom_up.forward(images));
      return stage("pyramid", () => pyramid(stages));
    },
  };
}

/** The ResNet under a pyramid that is known to stand on one. */
export function resNetOf({ bottom_up }: Pick<FeaturePyramid, "bottom_up">): ResNet {
  if ("features" in bottom_up) throw new Error("internal: an EfficientNet-Lite is no ResNet");
  return bottom_up;
}

/** Its weight laid out as the features are: no step has to rearrange it or its gradient. */
function channelsLast(layer: nn.Convolution): nn.Convolution {
  const { weight } = layer;
  const arranged = scope(() => noGrad(() => weight.to({ memoryFormat: "channelsLast" })));
  layer.weight = arranged.requiresGrad_();
  weight.free();
  return layer;
}

/** A lateral, and the coarser map with every cell as 2 x 2. */
function joined(lateral: nn.Convolution, stage: Tensor, coarser: Tensor): Tensor {
  return scope(() => {
    const doubled = upsampleNearest2d(coarser, { scaleFactors: [2, 2] });
    return lateral.forward(stage).add_(doubled);
  });
}
