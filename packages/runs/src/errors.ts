/**
 * The one error of this package.
 *
 * `recipe`: a recipe that is not one, or not this run's; `run`: a folder that is no run, or cannot be
 * used; `checkpoint`: a checkpoint that cannot be written or read; `image`: a radiograph that cannot
 * be read.
 */
import { CodedError } from "@malleolus/errors";

export type RunErrorCode = "recipe" | "run" | "checkpoint" | "image";

export class RunError extends CodedError<RunErrorCode> {
  override readonly name = "RunError";
}
