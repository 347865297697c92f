/**
 * The one error of this package: a file from outside that cannot be used.
 */
import { CodedError } from "@malleolus/errors";

export type DataErrorCode =
  /** The file cannot be read from the disk. */
  | "unreadable"
  /** The file is none of the kinds that can be read here. */
  | "unknown-format"
  /** The file ends too early. */
  | "truncated"
  /** The file contradicts itself or its format. */
  | "damaged"
  /** A DICOM object without pixel data. */
  | "no-pixels"
  /** A valid file of a kind that is not supported. */
  | "unsupported"
  /** An image that has, or may have, words in its pixels, where these are refused. */
  | "burned-in"
  /** An annotation file that is not what it should be. */
  | "invalid-annotations";

/**
 * The message is one line: where, what was expected, what came, what to do. `cause` keeps the
 * error underneath, where there was one.
 */
export class DataError extends CodedError<DataErrorCode> {
  override readonly name = "DataError";
}
