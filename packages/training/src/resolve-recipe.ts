/**
 * From a recipe and what it is to be run on to the run's own complete recipe.
 */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  incompleteStages,
  ModelError,
  maskRcnn,
  type PublishedWeights,
  publishedWeights,
  requireResNet,
} from "@malleolus/networks";
import { readSeenImages, type SeenImages } from "@malleolus/runs";
import type { Recipe } from "@malleolus/schema";
import { readWeightsFile, scope } from "@malleolus/torch";
import { hasObjects, type TrainingSet } from "./data-set.ts";
import { TrainingError } from "./errors.ts";
import { imagesSha256 } from "./tuning-set.ts";

/** Initial weights of the backbone or of the whole network, as published. */
export interface InitialWeights extends PublishedWeights {
  readonly path: string;
  readonly sha256: string;
  /** The radiographs that they have seen, where they are of a run of ours that says so. */
  readonly seen: SeenImages | null;
}

/**
 * Safetensors, a checkpoint of PyTorch or a pickle of NumPy arrays, told by its content, under the
 * names of Detectron2, torchvision or Caffe2.
 *
 * @throws TorchError `checkpoint` for a file that is none of these, or not whole.
 * @throws ModelError `weights` for another network's, or for values that are NaN or infinite.
 */
export function readInitialWeights(path: string): InitialWeights {
  const file = readWeightsFile(path);
  const weights = ofWeights({ path }, () => publishedWeights(file));
  try {
    ofWeights({ path }, () => requireResNet(weights.tensors));
  } catch (error) {
    for (const tensor of weights.tensors.values()) tensor.free();
    throw error;
  }
  const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
  return { ...weights, path, sha256, seen: readSeenImages(path) };
}

/** Runs what may find the weights wrong; its message then begins with their file. */
export function ofWeights<T>({ path }: Pick<InitialWeights, "path">, body: () => T): T {
  try {
    return body();
  } catch (cause) {
    if (!(cause instanceof ModelError) || cause.code !== "weights") throw cause;
    throw new ModelError("weights", `${path}: ${cause.message}`, { cause });
  }
}

/**
 * Fills in the data, its classes and the weights, the steps that epochs make, and what the network has
 * to be for them: group norm and nothing frozen without weights; with weights that lack convolutions,
 * measured norms in the stages that lack them, and these stages trained. Where their names tell whose
 * they are, strides and samples are as there; a file of ours also says what its norms and its channels
 * are.
 *
 * `tuning` holds the radiographs to validate with; without, nothing is validated.
 *
 * @throws ModelError `weights` for weights of another depth.
 * @throws TrainingError `recipe` where there is something to validate with and the recipe does not
 *   say how.
 */
export function resolveRecipe(
  recipe: Recipe,
  set: TrainingSet,
  weights: InitialWeights | null,
  tuning: TrainingSet | null = null,
): Recipe {
  const { classes, soundClass } = set;
  const model = { ...withConvention(recipe.model, weights), classes, soundClass };
  if (tuning !== null && recipe.validation === null) {
    throw new TrainingError(
      "recipe",
      `recipe ${recipe.name}: expected to be told how to validate, as there is a tuning set, got ` +
        "validation null; set validation.everySteps, metric and patience, or leave the tuning set out",
    );
  }
  return {
    ...recipe,
    steps:
      recipe.epochs === null
        ? recipe.steps
        : Math.ceil((recipe.epochs * set.images.length) / recipe.batchSize),
    validation: tuning === null ? null : recipe.validation,
    data: {
      annotationsSha256: set.annotationsSha256,
      ...countsOf(set),
      tuning:
        tuning === null
          ? null
          : {
              annotationsSha256: tuning.annotationsSha256,
              imagesSha256: imagesSha256(tuning),
              ...countsOf(tuning),
            },
    },
    weights: weights === null ? null : { sha256: weights.sha256 },
    model: { ...model, backbone: backboneFor(model, weights) },
  };
}

function countsOf({ images }: TrainingSet) {
  return { images: images.length, imagesWithObjects: images.filter(hasObjects).length };
}

/** Detectron2's names do not tell where the strides are: there, the recipe says it. */
function withConvention(model: Recipe["model"], weights: InitialWeights | null): Recipe["model"] {
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
function asInOwn(model: Recipe["model"], own: Recipe["model"]): Recipe["model"] {
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
  model: Recipe["model"],
  weights: InitialWeights | null,
): Recipe["model"]["backbone"] {
  if (weights === null) return { ...model.backbone, norm: "group", trainedNorms: [], freezeAt: 0 };
  if (weights.norm === "group" && model.backbone.norm === "frozen")
    return withGroups(model, weights);
  if (weights.own !== null && model.backbone.norm === "group") return withGroups(model, weights);
  if (model.backbone.norm === "group") return model.backbone;
  const trainedNorms = ofWeights(weights, () =>
    scope(() => incompleteStages(maskRcnn(model), weights.tensors)),
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
  { backbone }: Recipe["model"],
  { own }: InitialWeights,
): Recipe["model"]["backbone"] {
  const freezeAt = Math.min(backbone.freezeAt, own?.backbone.freezeAt ?? 0);
  return { ...backbone, norm: "group", trainedNorms: [], freezeAt };
}
