/**
 * From a recipe and what it is to be run on to the run's own complete recipe.
 */

import type { ModelConfig, Recipe, RecipeOf } from "@malleolus/schema";
import { hasObjects, type TrainingSet } from "./data-set.ts";
import { TrainingError } from "./errors.ts";
import type { InitialWeights } from "./initial-weights.ts";
import { resolveMaskRcnn } from "./resolve-mask-rcnn.ts";
import { resolveClassification, resolveSegmentation } from "./resolve-mobilenet.ts";
import { imagesSha256 } from "./tuning-set.ts";

/**
 * Fills in the data and the weights, the steps that epochs make, and what the network has to be for them.
 *
 * `tuning` holds the radiographs to validate with; without, nothing is validated.
 *
 * @throws ModelError `weights` for weights of another depth.
 * @throws TrainingError `recipe` where there is something to validate with and the recipe does not
 *   say how.
 */
export function resolveRecipe(
  recipe: RecipeOf<"mask-rcnn">,
  set: TrainingSet,
  weights: InitialWeights | null,
  tuning?: TrainingSet | null,
): RecipeOf<"mask-rcnn">;
export function resolveRecipe(
  recipe: Recipe,
  set: TrainingSet,
  weights: InitialWeights | null,
  tuning?: TrainingSet | null,
): Recipe;
export function resolveRecipe(
  recipe: Recipe,
  set: TrainingSet,
  weights: InitialWeights | null,
  tuning: TrainingSet | null = null,
): Recipe {
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
    model: resolveModel(recipe.model, set, weights),
  };
}

function resolveModel(
  model: ModelConfig,
  set: TrainingSet,
  weights: InitialWeights | null,
): ModelConfig {
  switch (model.kind) {
    case "mask-rcnn":
      return resolveMaskRcnn(model, set, weights);
    case "segmentation":
      return resolveSegmentation(model, set, weights);
    case "classification":
      return resolveClassification(model, set, weights);
  }
}

function countsOf({ images }: TrainingSet) {
  return { images: images.length, imagesWithObjects: images.filter(hasObjects).length };
}
