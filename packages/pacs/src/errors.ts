/**
 * The one error of this package.
 *
 * `unreachable`: nobody answers, or too late; `refused`: an answer that says no, for want of a password say;
 * `answer`: an answer that is not what DICOM says; `limit`: more than was allowed for; `uid`: a UID that is
 * none; `title`: an AE title that is none; `query`: a key of a search that DIMSE does not have here.
 */
import { CodedError } from "@malleolus/errors";

export type PacsErrorCode =
  | "unreachable"
  | "refused"
  | "answer"
  | "limit"
  | "uid"
  | "title"
  | "query";

export class PacsError extends CodedError<PacsErrorCode> {
  override readonly name = "PacsError";
}
