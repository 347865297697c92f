/**
 * The one error of this package.
 *
 * `input`: an image that cannot be used.
 */
import { CodedError } from "@malleolus/errors";

export type ImagingErrorCode = "input";

export class ImagingError extends CodedError<ImagingErrorCode> {
  override readonly name = "ImagingError";
}
