/**
 * The one error of this package.
 *
 * `unreachable`: nobody answers, or too late; `refused`: an answer that says no, for want of a password say;
 * `answer`: an answer that is not what DICOMweb says; `limit`: more than was allowed for; `uid`: a UID that is
 * none.
 */
import { CodedError } from "@malleolus/errors";

export type PacsErrorCode = "unreachable" | "refused" | "answer" | "limit" | "uid";

export class PacsError extends CodedError<PacsErrorCode> {
  override readonly name = "PacsError";
}
