export { readTrainingSet, type TrainingImage, type TrainingSet } from "./data-set.ts";
export { TrainingError, type TrainingErrorCode } from "./errors.ts";
export { parseRecipe, type Recipe, readRecipeFile } from "./recipe.ts";
export { namedRecipes } from "./recipes/named-recipes.ts";
export { type InitialWeights, readInitialWeights, resolveRecipe } from "./resolve-recipe.ts";
export { type Checkpoint, latestCheckpoint } from "./run/checkpoint.ts";
export { detectorPath } from "./run/detector-path.ts";
export type { Event, LossParts } from "./run/events.ts";
export { type TrainingEnd, type TrainingOptions, train } from "./train.ts";
