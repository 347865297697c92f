/**
 * The one error of this package.
 *
 * `recipe`: a recipe that is not one, or not this run's; `data`: a data set that cannot be trained
 * on; `run`: a run directory that cannot be used; `checkpoint`: a checkpoint that cannot be written
 * or is not this run's; `diverged`: a loss that is no number; `internal`: a fault of this package.
 */
export type TrainingErrorCode = "recipe" | "data" | "run" | "checkpoint" | "diverged" | "internal";

export class TrainingError extends Error {
  override readonly name = "TrainingError";
  readonly code: TrainingErrorCode;

  constructor(code: TrainingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The sentence of whatever was thrown. */
export function causeText(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
