/**
 * The one error of this package.
 *
 * `config`: a configuration that cannot be built; `input`: an image or target that cannot be
 * used; `weights`: published weights that do not fit; `checkpoint`: a file that is no detector
 * of this project, or not whole; `internal`: a fault of this package.
 */
export type DetectionErrorCode = "config" | "input" | "weights" | "checkpoint" | "internal";

export class DetectionError extends Error {
  override readonly name = "DetectionError";
  readonly code: DetectionErrorCode;

  constructor(code: DetectionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
