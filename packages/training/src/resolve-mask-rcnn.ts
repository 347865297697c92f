/** What a Mask R-CNN has to be for the data and the weights that a run begins with. */
import { incompleteStages, maskRcnn, type PublishedWeights } from "@malleolus/networks";
import type { MaskRcnnConfig } from "@malleolus/schema";
import { scope } from "@malleolus/torch";
import type { TrainingSet } from "./data-set.ts";
import { type InitialWeights, ofWeights, resNetWeights } from "./initial-weights.ts";

/**
 * With the data's classes: group norm and nothing frozen without weights; with weights that lack
 * convolutions, measured norms in the stages that lack them, and these stages trained. Where their names
 * tell whose they are, strides and samples are as there; a file of ours also says what its norms and its
 * channels are.
 *
 * @throws ModelError `weights` for weights of another depth.
 */
export function resolveMaskRcnn(
  given: MaskRcnnConfig,
  { classes, soundClass }: TrainingSet,
  weights: InitialWeights | null,
): MaskRcnnConfig {
  if (weights === null) return resolved(null);
  return ofWeights(weights, () => resolved(resNetWeights(weights)));

  function resolved(published: PublishedWeights | null): MaskRcnnConfig {
    const model = { ...withConvention(given, published), classes, soundClass };
    return { ...model, backbone: backboneFor(model, published) };
  }
}

/** Detectron2's names do not tell where the strides are: there, the recipe says it. */
function withConvention(model: MaskRcnnConfig, weights: PublishedWeights | null): MaskRcnnConfig {
  if (weights === null) return model;
  if (weights.own !== null) return asInOwn(model, weights.own);
  if (weights.convention.name === "detectron2") return model;
  const { strideIn1x1, samplingRatio } = weights.convention;
  const { backbone, roi } = model;
  return {
    ...model,
    backbone: { ...backbone, strideIn1x1 },
    roi: { ...roi, box: { ...roi.box, samplingRatio }, mask: { ...roi.mask, samplingRatio } },
  };
}

/** What weights of ours were trained for, where another value would make other numbers of them. */
function asInOwn(model: MaskRcnnConfig, own: MaskRcnnConfig): MaskRcnnConfig {
  const { backbone, roi } = model;
  const sampled = <T extends { readonly samplingRatio: number }>(part: T, of: T): T => ({
    ...part,
    samplingRatio: of.samplingRatio,
  });
  return {
    ...model,
    channels: own.channels,
    pixelMean: own.pixelMean,
    backbone: { ...backbone, norm: own.backbone.norm, strideIn1x1: own.backbone.strideIn1x1 },
    roi: {
      ...roi,
      box: sampled(roi.box, own.roi.box),
      mask: sampled(roi.mask, own.roi.mask),
    },
  };
}

function backboneFor(
  model: MaskRcnnConfig,
  weights: PublishedWeights | null,
): MaskRcnnConfig["backbone"] {
  if (weights === null) return { ...model.backbone, norm: "group", trainedNorms: [], freezeAt: 0 };
  if (weights.norm === "group" && model.backbone.norm === "frozen")
    return withGroups(model, weights);
  if (weights.own !== null && model.backbone.norm === "group") return withGroups(model, weights);
  if (model.backbone.norm === "group") return model.backbone;
  const trainedNorms = scope(() => incompleteStages(maskRcnn(model), weights.tensors));
  // The stem is frozen by 1, res2 by 2: a stage that is to be learned cannot be.
  const [first] = trainedNorms;
  const freezeAt =
    first === undefined
      ? model.backbone.freezeAt
      : Math.min(model.backbone.freezeAt, Number(first.slice("res".length)) - 1);
  return { ...model.backbone, trainedNorms, freezeAt };
}

/** What began without weights trains on as it began: nothing of it has learned to see in general. */
function withGroups(
  { backbone }: MaskRcnnConfig,
  { own }: PublishedWeights,
): MaskRcnnConfig["backbone"] {
  const freezeAt = Math.min(backbone.freezeAt, own?.backbone.freezeAt ?? 0);
  return { ...backbone, norm: "group", trainedNorms: [], freezeAt };
}
