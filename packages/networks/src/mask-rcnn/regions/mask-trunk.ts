/**
 * The trunk of both mask heads (Detectron2's MaskRCNNConvUpsampleHead up to its predictor): some
 * convolutions, and a transposed one to twice the resolution. It has the same names in both, so that
 * published weights of one are a beginning for the other.
 */

import type { MaskRcnnConfig } from "@malleolus/schema";
import { nn, type Tensor } from "@malleolus/torch";
import { asCells, quarters } from "./mask-cells.ts";

export interface MaskTrunk {
  /** `mask_fcn1`, `mask_fcn2`, …, `deconv`. */
  readonly named: Readonly<Record<`mask_fcn${number}`, nn.Convolution>> & {
    readonly deconv: nn.Convolution;
  };
  /** Draws the weights. */
  fill(): void;
  /** Cells out of order, as `asCells` has them: [n, C, S, S] to [n, C, S, 4 S]. */
  cells(pooled: Tensor): Tensor;
}

export function maskTrunk(config: MaskRcnnConfig): MaskTrunk {
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
  const named = Object.fromEntries(layers.map((layer, i) => [`mask_fcn${i + 1}`, layer]));
  return {
    named: { ...named, deconv },
    fill() {
      for (const layer of [...layers, deconv]) nn.msraFill(layer.weight);
    },
    cells(pooled) {
      const hidden = layers.reduce((input, layer) => layer.forward(input).relu_(), pooled);
      return asCells(quarters(hidden, deconv).relu_());
    },
  };
}
