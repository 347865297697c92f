/**
 * The one error of this package.
 *
 * `input`: an image that cannot be used.
 */
export type ImagingErrorCode = "input";

export class ImagingError extends Error {
  override readonly name = "ImagingError";
  readonly code: ImagingErrorCode;

  constructor(code: ImagingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
