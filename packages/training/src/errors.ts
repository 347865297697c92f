/**
 * The one error of this package.
 *
 * `recipe`: a recipe that does not fit what it is to be run on; `data`: a data set that cannot be
 * trained on; `checkpoint`: a checkpoint of another model; `diverged`: a loss that is no number;
 * `internal`: a fault of this package.
 */
import { CodedError } from "@malleolus/errors";

export type TrainingErrorCode = "recipe" | "data" | "checkpoint" | "diverged" | "internal";

export class TrainingError extends CodedError<TrainingErrorCode> {
  override readonly name = "TrainingError";
}
