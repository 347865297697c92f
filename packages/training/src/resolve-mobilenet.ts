/** What the preliminary networks have to be for the data and the weights that a run begins with. */
import { paintLabels } from "@malleolus/imaging";
import { weightsByPrevalence } from "@malleolus/networks";
import type {
  ClassificationConfig,
  MobileNetV2Config,
  SegmentationConfig,
} from "@malleolus/schema";
import type { TrainingSet } from "./data-set.ts";
import { TrainingError } from "./errors.ts";
import { type InitialWeights, mobileNetWeights, ofWeights } from "./initial-weights.ts";
import { classesOf, countClasses } from "./tasks/radiograph-class.ts";
import { structuresOf, structuresTarget } from "./tasks/structures-target.ts";

/**
 * With weights of its labels by how many pixels of the set they have.
 *
 * @throws TrainingError `data` for a structure without a category, ModelError for one without a pixel.
 */
export function resolveSegmentation(
  model: SegmentationConfig,
  set: TrainingSet,
  weights: InitialWeights | null,
): SegmentationConfig {
  const { structures, loss } = model;
  const own = structuresOf(set, structures);
  const counts = [...structures, null].map(() => 0);
  for (const { target, width, height } of set.images) {
    const { data } = paintLabels(structuresTarget(target, own), structures, { width, height });
    for (const label of data) counts[label]++;
  }
  const classWeights = weightsByPrevalence(counts, loss.prevalencePower);
  return {
    ...model,
    backbone: backboneFor(model.backbone, weights),
    loss: { ...loss, classWeights },
  };
}

/**
 * With the data's classes where the recipe names none, and their weights by how many radiographs they have.
 *
 * @throws TrainingError `data` for radiographs without a class, or with two; `recipe` where it looks by a
 *   segmentation and begins without one.
 */
export function resolveClassification(
  model: ClassificationConfig,
  set: TrainingSet,
  weights: InitialWeights | null,
): ClassificationConfig {
  if (model.pooling.kind === "structures" && weights === null) {
    throw new TrainingError(
      "recipe",
      "a classification that looks where structures are found: expected a segmentation's weights, got none; " +
        "train one first (malleolus train --recipe preliminary-segmentation) and give its model.safetensors " +
        "with --weights",
    );
  }
  const classes = model.classes.length > 0 ? model.classes : classesOf(set);
  const classWeights = weightsByPrevalence(countClasses(set, classes), model.prevalencePower);
  return { ...model, classes, classWeights, backbone: backboneFor(model.backbone, weights) };
}

/** Group norm and nothing frozen without weights; else what the weights are. */
function backboneFor(
  backbone: MobileNetV2Config,
  weights: InitialWeights | null,
): MobileNetV2Config {
  if (weights === null) return { ...backbone, norm: "group", freezeAt: 0 };
  const { norm, firstExpansion } = ofWeights(weights, () => mobileNetWeights(weights));
  // What began without weights has learned nothing in general: all of it trains on.
  const freezeAt = norm === "group" ? 0 : backbone.freezeAt;
  return { ...backbone, norm, firstExpansion, freezeAt };
}
