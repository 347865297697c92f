/**
 * From a recipe and what it is to be run on to the run's own complete recipe.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  incompleteStages,
  maskRcnn,
  type PublishedWeights,
  publishedWeights,
} from "@malleolus/detection";
import { readWeightsFile, scope } from "@malleolus/torch";
import { hasObjects, type TrainingSet } from "./data-set.ts";
import { TrainingError } from "./errors.ts";
import type { Recipe } from "./recipe.ts";
import { readSeenImages, type SeenImages } from "./run/seen-images.ts";
import { imagesSha256 } from "./tuning-set.ts";

/** Initial weights of the backbone or of the whole network, as published. */
export interface InitialWeights extends PublishedWeights {
  readonly sha256: string;
  /** The radiographs that they have seen, where they are of a run of ours that says so. */
  readonly seen: SeenImages | null;
}

/**
 * Safetensors, a checkpoint of PyTorch or a pickle of NumPy arrays, told by its content, under the
 * names of Detectron2, torchvision or Caffe2.
 *
 * @throws TorchError `checkpoint` for a file that is none of these, or not whole.
 */
export function readInitialWeights(path: string): InitialWeights {
  const weights = publishedWeights(readWeightsFile(path));
  const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
  return { ...weights, sha256, seen: readSeenImages(path) };
}

/**
 * Fills in the data, its classes and the weights, the steps that epochs make, and what the network has to be for them: group
 * norm and nothing frozen without weights; with weights that lack convolutions, measured norms in
 * the stages that lack them, and these stages trained. Where their names tell whose they are, strides
 * and samples are as there.
 *
 * `tuning` holds the radiographs to validate with; without, nothing is validated.
 *
 * @throws DetectionError `weights` for weights of another depth.
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
  if (weights === null || weights.convention.name === "detectron2") return model;
  const { strideIn1x1, samplingRatio } = weights.convention;
  const { backbone, roi } = model;
  return {
    ...model,
    backbone: { ...backbone, strideIn1x1 },
    roi: { ...roi, box: { ...roi.box, samplingRatio }, mask: { ...roi.mask, samplingRatio } },
  };
}

function backboneFor(
  model: Recipe["model"],
  weights: InitialWeights | null,
): Recipe["model"]["backbone"] {
  if (weights === null) return { ...model.backbone, norm: "group", trainedNorms: [], freezeAt: 0 };
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
