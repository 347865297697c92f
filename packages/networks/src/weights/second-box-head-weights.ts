/**
 * What a second box head begins with where weights have none: the first one's, its deltas coded anew, so that before its
 * first step it moves boxes as the first would once more.
 */
import type { BoxWeights, MaskRcnnConfig } from "@malleolus/schema";
import { cat, type Tensor } from "@malleolus/torch";

const HEAD = "roi_heads.box_head.";
const REGRESSION = "roi_heads.box_predictor.bbox_pred.";
const SECOND = "roi_heads.second_box_";
const SECOND_REGRESSION = `${SECOND}predictor.bbox_pred.`;

/** The weights, with a second box head where the network has one. Frees nothing, and makes tensors. */
export function withSecondBoxHead(
  weights: ReadonlyMap<string, Tensor>,
  { roi }: Pick<MaskRcnnConfig, "roi">,
): ReadonlyMap<string, Tensor> {
  const { secondBoxHead, box } = roi;
  if (secondBoxHead === null) return weights;
  if ([...weights.keys()].some((name) => name.startsWith(SECOND))) return weights;
  const own = [...weights].flatMap(([name, tensor]): [string, Tensor][] => {
    if (name.startsWith(HEAD)) return [[`${SECOND}head.${name.slice(HEAD.length)}`, tensor]];
    if (!name.startsWith(REGRESSION)) return [];
    const coded = codedAnew(tensor, box.boxWeights, secondBoxHead.boxWeights);
    return [[`${SECOND_REGRESSION}${name.slice(REGRESSION.length)}`, coded]];
  });
  return new Map([...weights, ...own]);
}

/** The first head's regression that a second one's begins as where weights have none; any other name as it is. */
export function firstRegressionOf(name: string): string {
  return name.startsWith(SECOND_REGRESSION)
    ? `${REGRESSION}${name.slice(SECOND_REGRESSION.length)}`
    : name;
}

/** Rows x, y, width and height of one class after another: [K * 4, D] or [K * 4]. */
function codedAnew(rows: Tensor, from: BoxWeights, to: BoxWeights): Tensor {
  return cat(
    Array.from({ length: rows.shape[0] }, (_, row) =>
      rows.narrow(0, row, 1).mul(to[row % 4] / from[row % 4]),
    ),
  );
}
