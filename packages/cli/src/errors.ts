/** The one error that commands throw themselves; everything else comes from the packages. */
import { CodedError } from "@malleolus/errors";

export type CliErrorCode =
  /** A folder holds something else than what the command would write there. */
  | "folder"
  /** A study does not hold what the command needs. */
  | "study"
  /** A detector, a COCO file and its images do not belong together. */
  | "evaluation"
  /** A COCO file does not say whose radiographs they are. */
  | "patients"
  /** A recipe is of another task. */
  | "train"
  /** A folder that should be a training's is not. */
  | "run"
  /** This machine does not have what was asked for. */
  | "device"
  /** An engine does not do what was asked for, or does not run such a file. */
  | "engine";

export class CliError extends CodedError<CliErrorCode> {
  override readonly name = "CliError";
}
