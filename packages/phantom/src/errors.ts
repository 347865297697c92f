/** The one error of this package. */
import { CodedError } from "@malleolus/errors";

export type PhantomErrorCode =
  /** A folder holds something else than the archive that was to be written there. */
  "folder";

/** The message is one line: where, what was expected, what came, what to do. */
export class PhantomError extends CodedError<PhantomErrorCode> {
  override readonly name = "PhantomError";
}
