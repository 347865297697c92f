/**
 * The one error of this package.
 *
 * `recipe`: a recipe that is not one, or not this run's; `run`: a folder that is no run, or cannot be
 * used; `checkpoint`: a checkpoint that cannot be written or read; `image`: a radiograph that cannot
 * be read.
 */
export type RunErrorCode = "recipe" | "run" | "checkpoint" | "image";

export class RunError extends Error {
  override readonly name = "RunError";
  readonly code: RunErrorCode;

  constructor(code: RunErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The sentence of whatever was thrown. */
export function causeText(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
