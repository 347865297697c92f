/**
 * The box head: what a region shows, and where exactly (Girshick 2015; Detectron2's
 * FastRCNNConvFCHead and FastRCNNOutputLayers).
 *
 * Shapes: n regions, C channels of the pyramid, S pooled size, D hidden units, K classes.
 */

import type { MaskRcnnConfig } from "@malleolus/schema";
import { autocast, nn, type Tensor } from "@malleolus/torch";

/** `fc1`, `fc2`, …: [n, C, S, S] to [n, D]. */
export type BoxHead = nn.Layer & Readonly<Record<`fc${number}`, nn.Linear>>;

export function boxHead(config: MaskRcnnConfig): BoxHead {
  const { pooledSize, fullyConnectedLayers, fullyConnectedChannels } = config.roi.box;
  const layers = Array.from({ length: fullyConnectedLayers }, (_, i) =>
    nn.fullyConnected({
      in: i === 0 ? config.backbone.fpnChannels * pooledSize ** 2 : fullyConnectedChannels,
      out: fullyConnectedChannels,
    }),
  );
  return {
    ...Object.fromEntries(layers.map((layer, i) => [`fc${i + 1}`, layer])),
    forward(pooled) {
      const flat = pooled.flatten({ startDim: 1 });
      return layers.reduce((input, layer) => layer.forward(input).relu_(), flat);
    },
  };
}

export interface BoxPredictions {
  /** Of each class, background last. [n, K + 1] */
  readonly logits: Tensor;
  /** From the region to the box of each class. [n, K * 4] */
  readonly deltas: Tensor;
}

export interface BoxPredictor {
  readonly cls_score: nn.Linear;
  readonly bbox_pred: nn.Linear;
  predict(hidden: Tensor): BoxPredictions;
}

export function boxPredictor(config: MaskRcnnConfig): BoxPredictor {
  const { fullyConnectedChannels } = config.roi.box;
  const classes = config.classes.length;
  const score = nn.fullyConnected({ in: fullyConnectedChannels, out: classes + 1 });
  const box = nn.fullyConnected({ in: fullyConnectedChannels, out: classes * 4 });
  nn.normal(score.weight, 0.01);
  nn.normal(box.weight, 0.001);
  return {
    cls_score: score,
    bbox_pred: box,
    predict(hidden) {
      // In float32 also under autocast: it costs nothing at this size, and scores in bfloat16
      // would fall on so few values that detections tie.
      return autocast(null, () => {
        const precise = hidden.to("float32");
        return { logits: score.forward(precise), deltas: box.forward(precise) };
      });
    },
  };
}
