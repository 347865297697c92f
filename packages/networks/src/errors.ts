/**
 * The one error of this package.
 *
 * `config`: a configuration that cannot be built; `input`: an image or target that cannot be
 * used; `weights`: published weights that do not fit; `checkpoint`: a file that is no detector
 * of this project, or not whole; `internal`: a fault of this package.
 */
import { CodedError } from "@malleolus/errors";

export type ModelErrorCode = "config" | "input" | "weights" | "checkpoint" | "internal";

export class ModelError extends CodedError<ModelErrorCode> {
  override readonly name = "ModelError";
}
