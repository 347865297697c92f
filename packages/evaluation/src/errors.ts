/**
 * The one error of this package.
 *
 * `input`: patients, options or scores that cannot be evaluated.
 */
import { CodedError } from "@malleolus/errors";

export type EvaluationErrorCode = "input";

export class EvaluationError extends CodedError<EvaluationErrorCode> {
  override readonly name = "EvaluationError";
}
