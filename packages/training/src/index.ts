export { readTrainingSet, type TrainingImage, type TrainingSet } from "./data-set.ts";
export { TrainingError, type TrainingErrorCode } from "./errors.ts";
export { type InitialWeights, readInitialWeights } from "./initial-weights.ts";
export { resolveRecipe } from "./resolve-recipe.ts";
export type { ProfileRequest, StepProfile } from "./step-profiler.ts";
export { type TrainingEnd, train } from "./train.ts";
export type { TrainingOptions } from "./training-options.ts";
export { checkTuningSet, type HeldOut, holdOut } from "./tuning-set.ts";
export { labeledImage } from "./validation/labeled-image.ts";
