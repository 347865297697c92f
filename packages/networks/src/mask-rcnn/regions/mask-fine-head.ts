/**
 * The mask head for thin fractures: its grid is four times the pooled one (56 x 56 for 14 x 14), and
 * what it adds between the cells of the coarse one comes from p2, the finest map of the pyramid.
 *
 * The trunk says what is where, from the level that fits the region's size; a second transposed
 * convolution takes it to the fine grid. There p2, narrowed by a 1x1 convolution and pooled on the
 * same grid, is added, and some 3x3 convolutions decide on both, so that a band follows the edges
 * that p2 sees and is not torn where these are faint.
 *
 * Shapes: n regions, C channels of the trunk, D of the detail, S pooled size, M = 4 S, K classes.
 */

import type { FineMaskHeadConfig, MaskRcnnConfig } from "@malleolus/schema";
import { nn } from "@malleolus/torch";
import { asCells, pixelShuffle, quarters } from "./mask-cells.ts";
import type { MaskHead } from "./mask-head.ts";
import { maskTrunk } from "./mask-trunk.ts";
import { poolRegions, type Regions } from "./region-pooling.ts";

/** Beside the names of the other head: `detail`, `upsample`, `refine1`, `refine2`, … */
export type FineMaskHead = MaskHead &
  Readonly<Record<`refine${number}`, nn.Convolution>> & {
    readonly detail: nn.Convolution;
    readonly upsample: nn.Convolution;
  };

export function fineMaskHead(config: MaskRcnnConfig, head: FineMaskHeadConfig): FineMaskHead {
  const { mask } = config.roi;
  const { detailChannels: channels } = head;
  const trunk = maskTrunk(config);
  const detail = nn.convolution({ in: config.backbone.fpnChannels, out: channels, kernel: 1 });
  const upsample = nn.transposedConvolution({
    in: mask.channels,
    out: channels,
    kernel: 2,
    stride: 2,
  });
  const refinements = Array.from({ length: head.refinements }, () =>
    nn.convolution({ in: channels, out: channels, kernel: 3, padding: 1 }),
  );
  const predictor = nn.convolution({ in: channels, out: config.classes.length, kernel: 1 });
  trunk.fill();
  for (const layer of [detail, upsample, ...refinements]) nn.msraFill(layer.weight);
  nn.normal(predictor.weight, 0.001);
  return {
    ...trunk.named,
    detail,
    upsample,
    ...Object.fromEntries(refinements.map((layer, i) => [`refine${i + 1}`, layer])),
    predictor,
    predict(features, regions) {
      const cells = trunk.cells(poolRegions(features, regions, mask)); // [n, C, S, 4 S]
      const coarse = pixelShuffle(asCells(quarters(cells, upsample)), 2); // [n, D, M, M]
      // Narrowed before it is pooled: the map is smaller than all the regions' grids together.
      const finest = [detail.forward(features[0])];
      const fine = poolRegions(finest, onFinestLevel(regions), {
        pooledSize: 4 * mask.pooledSize,
        samplingRatio: mask.samplingRatio,
      });
      const both = coarse.add(fine).relu_();
      const refined = refinements.reduce((input, layer) => layer.forward(input).relu_(), both);
      return predictor.forward(refined);
    },
  };
}

/** The same regions in the same order, all to be pooled from p2. */
function onFinestLevel(regions: Regions): Regions {
  const count = regions.images.length;
  return {
    ...regions,
    levelStarts: regions.levelStarts.map((_, level) => (level > 0 ? count : 0)),
  };
}
