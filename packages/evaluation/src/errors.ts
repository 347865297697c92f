/**
 * The one error of this package.
 *
 * `input`: patients, options or scores that cannot be evaluated.
 */
export type EvaluationErrorCode = "input";

export class EvaluationError extends Error {
  override readonly name = "EvaluationError";
  readonly code: EvaluationErrorCode;

  constructor(code: EvaluationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
