/**
 * The one error of this package: a study, or something brought to it, that is not as it must be.
 */
import { CodedError } from "@malleolus/errors";

export type StudyErrorCode =
  /** The folder holds no study. */
  | "no-study"
  /** The folder holds one already. */
  | "exists"
  /** A file of the study that cannot be read or is not valid. */
  | "configuration"
  /** The passphrase does not open the key file. */
  | "passphrase"
  /** The key file is missing or damaged. */
  | "key-file"
  /** Another process holds what is needed. */
  | "busy"
  /** A step that a case's state does not allow. */
  | "transition"
  /** Patients have not agreed to what would be done with their radiographs. */
  | "consent"
  /** A source of an import that cannot be used. */
  | "source"
  /** A source of an import that this machine cannot read now, whatever is in it: another may, or later. */
  | "unreadable"
  /** Someone who may not do this, or not now. */
  | "person"
  /** A reading or an annotation that says what it cannot. */
  | "record"
  /** A draw from a pool that is too small, or drawn already. */
  | "assignment"
  /** There is none, or none for whoever asks: the two look alike. */
  | "not-found"
  /** Something newer was saved meanwhile. */
  | "stale"
  /** A link that was used or is too old. */
  | "link"
  /** An account that cannot be made or changed so. */
  | "account";

/** One line: where, what was expected, what came, what to do. */
export class StudyError extends CodedError<StudyErrorCode> {
  override readonly name = "StudyError";
}
