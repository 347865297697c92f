/**
 * From a recipe and what it is to be run on to the run's own complete recipe.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { incompleteStages, maskRcnn } from "@malleolus/detection";
import { nn, readSafetensors, type Tensor } from "@malleolus/torch";
import type { TrainingSet } from "./data-set.ts";
import type { Recipe } from "./recipe.ts";

/** Initial weights of the backbone, as published. */
export interface InitialWeights {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly sha256: string;
}

/** @throws TorchError `checkpoint` for a file that is not a whole safetensors file. */
export function readInitialWeights(path: string): InitialWeights {
  const { tensors } = readSafetensors(path);
  return { tensors, sha256: createHash("sha256").update(readFileSync(path)).digest("hex") };
}

/**
 * Fills in the data, its classes and the weights, and what the network has to be for them: group
 * norm and nothing frozen without weights; with weights that lack convolutions, measured norms in
 * the stages that lack them, and these stages trained.
 */
export function resolveRecipe(
  recipe: Recipe,
  set: TrainingSet,
  weights: InitialWeights | null,
): Recipe {
  const model = { ...recipe.model, classes: set.classes };
  return {
    ...recipe,
    data: {
      annotationsSha256: set.annotationsSha256,
      images: set.images.length,
      imagesWithObjects: set.images.filter(({ target }) => target.boxes.length > 0).length,
    },
    weights: weights === null ? null : { sha256: weights.sha256 },
    model: { ...model, backbone: backboneFor(model, weights) },
  };
}

function backboneFor(
  model: Recipe["model"],
  weights: InitialWeights | null,
): Recipe["model"]["backbone"] {
  if (weights === null) return { ...model.backbone, norm: "group", trainedNorms: [], freezeAt: 0 };
  if (model.backbone.norm === "group") return model.backbone;
  const network = maskRcnn(model);
  const trainedNorms = incompleteStages(network, weights.tensors);
  for (const tensor of nn.stateDict(network).values()) tensor.free();
  // The stem is frozen by 1, res2 by 2: a stage that is to be learned cannot be.
  const [first] = trainedNorms;
  const freezeAt =
    first === undefined
      ? model.backbone.freezeAt
      : Math.min(model.backbone.freezeAt, Number(first.slice("res".length)) - 1);
  return { ...model.backbone, trainedNorms, freezeAt };
}
