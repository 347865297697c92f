/**
 * Published weights into a whole Mask R-CNN: the backbone's as `weights.ts` has them, and the
 * heads'. Predictors for other classes or other anchors cannot be taken over and start fresh, so
 * that a network trained on COCO is a beginning for fractures. A file that names its classes is taken
 * over by their names, others by their places. A second box head that the file lacks begins as the first.
 */
import { nn, scope, type Tensor } from "@malleolus/torch";
import { ModelError } from "../errors.ts";
import type { MaskRcnn } from "../mask-rcnn/mask-rcnn.ts";
import { initializeBackbone, type WeightsReport } from "./initialize-backbone.ts";
import { forClasses } from "./own-weights.ts";
import { firstRegressionOf, withSecondBoxHead } from "./second-box-head-weights.ts";

/** Names as in the model, but for `leftOver`, which are the file's. */
export interface NetworkWeightsReport extends WeightsReport {
  /** In the file for other classes or anchors, and a second box head's that would begin as one of them: as initialised. */
  readonly fresh: readonly string[];
}

/** What is known of the weights besides their names. */
export interface WeightsOrigin {
  /** The classes that the file names; null where it names none. */
  readonly classes: readonly string[] | null;
}

/** The layers whose shape follows from the number of classes or of anchors in a cell. */
const PREDICTOR =
  /(?:^|\.)(objectness_logits|anchor_deltas|cls_score|bbox_pred|mask_head\.predictor|image_head\.predictor)\.(weight|bias)$/;

/**
 * Copies weights under Detectron2's names into a network and says what fitted. Frees nothing.
 *
 * @throws ModelError `weights` as `initializeBackbone`, and for a head of another shape that is
 *   no predictor.
 */
export function initializeNetwork(
  model: MaskRcnn,
  weights: ReadonlyMap<string, Tensor>,
  origin: WeightsOrigin = { classes: null },
): NetworkWeightsReport {
  return scope(() => {
    const { classes } = origin;
    const { tensors, dropped } =
      classes === null
        ? { tensors: weights, dropped: [] }
        : forClasses(weights, classes, model.config.classes);
    const report = copyInto(model, withSecondBoxHead(tensors, model.config));
    const isDropped = (name: string) =>
      dropped.includes(name) || dropped.includes(firstRegressionOf(name));
    return {
      ...report,
      missing: report.missing.filter((name) => !isDropped(name)),
      fresh: [...report.fresh, ...report.missing.filter(isDropped)],
    };
  });
}

function copyInto(model: MaskRcnn, weights: ReadonlyMap<string, Tensor>): NetworkWeightsReport {
  const backbone = initializeBackbone(model, weights);
  const { proposal_generator, roi_heads, image_head } = model;
  const heads = { proposal_generator, roi_heads, ...(image_head && { image_head }) };
  const own = nn.stateDict(heads);
  const report = nn.loadStateDict(heads, new Map([...weights].filter(([name]) => own.has(name))));
  const wrong = report.mismatched.find(({ name }) => !PREDICTOR.test(name));
  if (wrong !== undefined) {
    throw new ModelError(
      "weights",
      `${wrong.name}: expected shape [${wrong.expected.join(", ")}], got [${wrong.got.join(", ")}]; ` +
        "use weights of this network, or set roi.box and roi.mask to theirs",
    );
  }
  const ofBackbone = (name: string) => `backbone.${name}`;
  return {
    found: [...backbone.found.map(ofBackbone), ...report.loaded],
    missing: [...backbone.missing.map(ofBackbone), ...report.missing],
    leftOver: backbone.leftOver.filter((name) => !own.has(name)),
    trainedNorms: backbone.trainedNorms,
    fresh: report.mismatched.map(({ name }) => name),
  };
}
