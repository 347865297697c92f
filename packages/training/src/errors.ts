/**
 * The one error of this package.
 *
 * `recipe`: a recipe that does not fit what it is to be run on; `data`: a data set that cannot be
 * trained on; `checkpoint`: a checkpoint of another model; `diverged`: a loss that is no number; `lost`: another
 * process of the training is gone, or has failed;
 * `internal`: a fault of this package.
 */
import { CodedError } from "@malleolus/errors";

export type TrainingErrorCode = "recipe" | "data" | "checkpoint" | "diverged" | "lost" | "internal";

export class TrainingError extends CodedError<TrainingErrorCode> {
  override readonly name = "TrainingError";
}
