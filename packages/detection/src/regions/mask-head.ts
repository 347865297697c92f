/**
 * The mask head: which cells of a region belong to the object, for every class on its own (He et
 * al. 2017; Detectron2's MaskRCNNConvUpsampleHead).
 *
 * Shapes: n regions, C channels, S pooled size, M = 2 S output size, K classes.
 */
import { nn } from "@malleolus/torch";
import type { MaskRcnnConfig } from "../config.ts";

/** `mask_fcn1`, `mask_fcn2`, …, `deconv`, `predictor`: [n, C, S, S] to logits [n, K, M, M]. */
export type MaskHead = nn.Layer &
  Readonly<Record<`mask_fcn${number}`, nn.Convolution>> & {
    readonly deconv: nn.Convolution;
    readonly predictor: nn.Convolution;
  };

export function maskHead(config: MaskRcnnConfig): MaskHead {
  const { convolutions, channels } = config.roi.mask;
  const inputs = config.backbone.fpnChannels;
  const layers = Array.from({ length: convolutions }, (_, i) =>
    nn.convolution({ in: i === 0 ? inputs : channels, out: channels, kernel: 3, padding: 1 }),
  );
  const deconv = nn.transposedConvolution({
    in: convolutions === 0 ? inputs : channels,
    out: channels,
    kernel: 2,
    stride: 2,
  });
  const predictor = nn.convolution({ in: channels, out: config.classes.length, kernel: 1 });
  for (const layer of [...layers, deconv]) nn.msraFill(layer.weight);
  nn.normal(predictor.weight, 0.001);
  return {
    ...Object.fromEntries(layers.map((layer, i) => [`mask_fcn${i + 1}`, layer])),
    deconv,
    predictor,
    forward(pooled) {
      const hidden = layers.reduce((input, layer) => layer.forward(input).relu_(), pooled);
      return predictor.forward(deconv.forward(hidden).relu_());
    },
  };
}

/** Side of the mask that the head returns, in cells. */
export function maskSize(config: MaskRcnnConfig): number {
  return config.roi.mask.pooledSize * 2;
}
