/** The one error that commands throw themselves; everything else comes from the packages. */
export type CliErrorCode =
  /** A folder holds something else than what the command would write there. */
  | "folder"
  /** A study does not hold what the command needs. */
  | "study"
  /** A detector, a COCO file and its images do not belong together. */
  | "evaluation"
  /** A COCO file does not say whose radiographs they are. */
  | "patients"
  /** A folder that should be a training's is not. */
  | "run"
  /** This machine does not have what was asked for. */
  | "device";

export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: CliErrorCode;

  constructor(code: CliErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
