/** The one error of this package. */
export type PhantomErrorCode =
  /** A folder holds something else than the archive that was to be written there. */
  "folder";

/** The message is one line: where, what was expected, what came, what to do. */
export class PhantomError extends Error {
  override readonly name = "PhantomError";
  readonly code: PhantomErrorCode;

  constructor(code: PhantomErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
