/**
 * The head of the region proposal network: one set of three convolutions for all levels (Ren et
 * al. 2015; Detectron2's StandardRPNHead).
 *
 * Shapes: N images, A anchors a cell, R anchors of a level (H * W * A).
 */

import type { MaskRcnnConfig } from "@malleolus/schema";
import { nn, type Tensor } from "@malleolus/torch";
import type { Features } from "../features.ts";
import { anchorsPerCell } from "./anchors.ts";

/** Two lists with an entry a level, in the dtype of the features. */
export interface RpnPredictions {
  /** How likely an anchor is an object, as logits. [N, R] */
  readonly logits: readonly Tensor[];
  /** From the anchor to the object's box. [N, R, 4] */
  readonly deltas: readonly Tensor[];
}

export interface RpnHead {
  readonly conv: nn.Convolution;
  readonly objectness_logits: nn.Convolution;
  readonly anchor_deltas: nn.Convolution;
  predict(features: Features): RpnPredictions;
}

/** @throws ModelError `config` for levels with different numbers of anchors. */
export function rpnHead(config: MaskRcnnConfig): RpnHead {
  const channels = config.backbone.fpnChannels;
  const anchors = anchorsPerCell(config.anchors);
  const conv = nn.convolution({ in: channels, out: channels, kernel: 3, padding: 1 });
  const objectness = nn.convolution({ in: channels, out: anchors, kernel: 1 });
  const deltas = nn.convolution({ in: channels, out: anchors * 4, kernel: 1 });
  for (const layer of [conv, objectness, deltas]) nn.normal(layer.weight, 0.01);
  return {
    conv,
    objectness_logits: objectness,
    anchor_deltas: deltas,
    predict(features) {
      const hidden = features.map((map) => conv.forward(map).relu_());
      const images = features[0].shape[0];
      return {
        logits: hidden.map((map) => byCell(objectness.forward(map)).reshape([images, -1])),
        deltas: hidden.map((map) => byCell(deltas.forward(map)).reshape([images, -1, 4])),
      };
    },
  };
}

/** [N, C, H, W] as [N, H, W, C], which in memory is what channels-last already is. */
function byCell(map: Tensor): Tensor {
  return map.permute([0, 2, 3, 1]);
}
