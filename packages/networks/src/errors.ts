/**
 * The one error of this package.
 *
 * `config`: a configuration that cannot be built; `input`: an image or target that cannot be
 * used; `weights`: published weights that do not fit; `checkpoint`: a file that is no detector
 * of this project, or not whole; `internal`: a fault of this package.
 */
export type ModelErrorCode = "config" | "input" | "weights" | "checkpoint" | "internal";

export class ModelError extends Error {
  override readonly name = "ModelError";
  readonly code: ModelErrorCode;

  constructor(code: ModelErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
