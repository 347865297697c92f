export { findNetwork, openBundle, writeBundle } from "./bundle.ts";
export {
  bestCheckpoint,
  type Checkpoint,
  latestCheckpoint,
  readState,
  rewriteState,
  writeCheckpoint,
} from "./checkpoint.ts";
export { RunError, type RunErrorCode } from "./errors.ts";
export { type EventLog, eventsSizeWhile, openEvents, readEvents } from "./events.ts";
export { type FoundDetector, findDetector } from "./find-detector.ts";
export {
  type FollowedRun,
  followRun,
  type RunValidation,
  type ShownRecipe,
} from "./follow-run.ts";
export { type OpenJobRecord, openJobRecord, readJobRecord } from "./job-record.ts";
export { isProcessAlive, runProcess, startTimeOf } from "./lock.ts";
export { parseRecipe, readRecipeFile } from "./read-recipe.ts";
export { type RecipeDifference, recipeDifferences } from "./recipe-differences.ts";
export { demoRecipe } from "./recipes/demo.ts";
export { type NamedRecipe, namedRecipe, namedRecipes } from "./recipes/named-recipes.ts";
export {
  preliminaryClassificationRecipe,
  preliminaryMeanRecipe,
} from "./recipes/preliminary-classification.ts";
export { preliminarySegmentationRecipe } from "./recipes/preliminary-segmentation.ts";
export { quickRecipe } from "./recipes/quick.ts";
export { openRunDirectory, type RunDirectory } from "./run-directory.ts";
export {
  fileSha256,
  readSeenImages,
  recordSeenImages,
  type SeenImages,
  writeSeenImages,
} from "./seen-images.ts";
export {
  type RunSummary,
  readRun,
  runFolders,
  type TrainingRun,
} from "./training-run.ts";
