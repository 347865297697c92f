/**
 * The region proposal network (Ren et al. 2015): where in the image something may be, whatever
 * its class. Its parameters have Detectron2's names below `proposal_generator`.
 */

import type { RandomStreams } from "@malleolus/random";
import type { MaskRcnnConfig } from "@malleolus/schema";
import { noGrad, scope, stage } from "@malleolus/torch";
import { undividedBatch, type WholeBatch } from "../../whole-batch.ts";
import { type Features, featureStrides } from "../features.ts";
import type { Truth } from "../truth.ts";
import { anchorGenerator, type MapSize } from "./anchors.ts";
import { selectProposals } from "./proposal-selection.ts";
import { type RpnHead, rpnHead } from "./rpn-head.ts";
import { type RpnLosses, rpnLosses } from "./rpn-losses.ts";

/** Boxes [n * 4] of each image in pixels, by falling score, clipped to its true size. */
export type Proposals = readonly Float32Array[];

export interface RegionProposalNetwork {
  readonly rpn_head: RpnHead;
  /** The losses of a batch, and the proposals with which training goes on. */
  losses(
    features: Features,
    sizes: readonly MapSize[],
    truths: readonly Truth[],
    random: RandomStreams,
    whole?: WholeBatch,
  ): RpnLosses & { readonly proposals: Proposals };
  /** The proposals of detection. */
  propose(features: Features, sizes: readonly MapSize[]): Proposals;
}

/** @throws ModelError `config` where the anchors do not fit the levels. */
export function regionProposalNetwork(config: MaskRcnnConfig): RegionProposalNetwork {
  const head = rpnHead(config);
  const { rpn } = config;
  const anchorsOf = anchorGenerator(config.anchors, featureStrides);
  const rule = { ...rpn, preNms: rpn.preNms.train, postNms: rpn.postNms.train };
  const testRule = { ...rpn, preNms: rpn.preNms.test, postNms: rpn.postNms.test };
  return {
    rpn_head: head,
    losses(features, sizes, truths, random, whole = undividedBatch) {
      const anchors = anchorsOf(mapSizes(features));
      const predictions = stage("proposal head", () => head.predict(features));
      const proposals = stage("proposal selection", () =>
        noGrad(() => scope(() => selectProposals(predictions, anchors, sizes, rule))),
      );
      const losses = stage("proposal losses", () =>
        rpnLosses(predictions, anchors.boxes, truths, random, rpn, whole),
      );
      return { ...losses, proposals };
    },
    propose(features, sizes) {
      return noGrad(() =>
        scope(() => {
          const anchors = anchorsOf(mapSizes(features));
          const predictions = stage("proposal head", () => head.predict(features));
          return stage("proposal selection", () =>
            selectProposals(predictions, anchors, sizes, testRule),
          );
        }),
      );
    },
  };
}

function mapSizes(features: Features): MapSize[] {
  return features.map((map) => {
    const [, , height, width] = map.shape;
    return [height, width];
  });
}
