/** What a Mask R-CNN has to be for the data and the weights that a run begins with. */
import {
  incompleteStages,
  isLitePyramid,
  LITE_PIXEL_MEAN,
  maskRcnn,
  type PublishedWeights,
} from "@malleolus/networks";
import type {
  BackboneConfig,
  EfficientNetLiteConfig,
  MaskRcnnConfig,
  ResNetConfig,
  ResNetMaskRcnnConfig,
} from "@malleolus/schema";
import { scope } from "@malleolus/torch";
import type { TrainingSet } from "./data-set.ts";
import {
  efficientNetLite2Weights,
  type InitialWeights,
  type LiteWeights,
  ofWeights,
  resNetWeights,
} from "./initial-weights.ts";

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
  const { backbone } = given;
  const model = { ...given, classes, soundClass };
  if (weights === null) return { ...model, backbone: fromScratch(backbone) };
  return ofWeights(weights, () =>
    backbone.kind === "efficientnet-lite2"
      ? onLite(model, backbone, efficientNetLite2Weights(weights))
      : onResNet(model, backbone, resNetWeights(weights)),
  );
}

function fromScratch(backbone: BackboneConfig): BackboneConfig {
  return backbone.kind === "efficientnet-lite2"
    ? { ...backbone, norm: "group", freezeAt: 0 }
    : { ...backbone, norm: "group", trainedNorms: [], freezeAt: 0 };
}

/**
 * Published weights have their own mean of a pixel; what began without any goes on with group norm. Of ours
 * without a configuration, the norms tell which it is.
 */
function onLite(
  model: MaskRcnnConfig,
  backbone: EfficientNetLiteConfig,
  { own, tensors }: LiteWeights,
): MaskRcnnConfig {
  if (own === null) {
    const haveStatistics = [...tensors.keys()].some((name) => name.endsWith(".running_var"));
    if (haveStatistics || !isLitePyramid(tensors)) return { ...model, pixelMean: LITE_PIXEL_MEAN };
    const freezeAt = backbone.norm === "group" ? backbone.freezeAt : 0;
    return { ...model, backbone: { ...backbone, norm: "group", freezeAt } };
  }
  const { norm } = own.backbone;
  const freezeAt = norm === "group" ? 0 : backbone.freezeAt;
  return { ...asInOwn(model, own), backbone: { ...backbone, norm, freezeAt } };
}

function onResNet(
  given: MaskRcnnConfig,
  backbone: ResNetConfig,
  weights: PublishedWeights,
): MaskRcnnConfig {
  const conventional = strideFor(backbone, weights);
  const model = { ...withConvention(given, weights), backbone: conventional };
  return { ...model, backbone: backboneFor(model, weights) };
}

/** Detectron2's names do not tell where the strides are: there, the recipe says it. */
function withConvention(model: MaskRcnnConfig, weights: PublishedWeights): MaskRcnnConfig {
  if (weights.own !== null) return asInOwn(model, weights.own);
  if (weights.convention.name === "detectron2") return model;
  const { samplingRatio } = weights.convention;
  const { roi } = model;
  return {
    ...model,
    roi: { ...roi, box: { ...roi.box, samplingRatio }, mask: { ...roi.mask, samplingRatio } },
  };
}

/** The norm and the strides that the weights are known to have; otherwise the recipe's. */
function strideFor(backbone: ResNetConfig, { own, convention }: PublishedWeights): ResNetConfig {
  if (own !== null && own.backbone.kind !== "efficientnet-lite2") {
    const { norm, strideIn1x1 } = own.backbone;
    return { ...backbone, norm, strideIn1x1 };
  }
  if (convention.name === "detectron2") return backbone;
  return { ...backbone, strideIn1x1: convention.strideIn1x1 };
}

/** What weights of ours were trained for, where another value would make other numbers of them. */
function asInOwn(model: MaskRcnnConfig, own: MaskRcnnConfig): MaskRcnnConfig {
  const { roi } = model;
  const sampled = <T extends { readonly samplingRatio: number }>(part: T, of: T): T => ({
    ...part,
    samplingRatio: of.samplingRatio,
  });
  return {
    ...model,
    channels: own.channels,
    pixelMean: own.pixelMean,
    roi: {
      ...roi,
      box: sampled(roi.box, own.roi.box),
      mask: sampled(roi.mask, own.roi.mask),
    },
  };
}

function backboneFor(model: ResNetMaskRcnnConfig, weights: PublishedWeights): ResNetConfig {
  if (weights.norm === "group" && model.backbone.norm === "frozen")
    return withGroups(model, weights);
  if (weights.own !== null && model.backbone.norm === "group") return withGroups(model, weights);
  if (model.backbone.norm === "group") return model.backbone;
  const trainedNorms = scope(() =>
    incompleteStages({ config: model, backbone: maskRcnn(model).backbone }, weights.tensors),
  );
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
  { backbone }: { readonly backbone: ResNetConfig },
  { own }: PublishedWeights,
): ResNetConfig {
  const freezeAt = Math.min(backbone.freezeAt, own?.backbone.freezeAt ?? 0);
  return { ...backbone, norm: "group", trainedNorms: [], freezeAt };
}
