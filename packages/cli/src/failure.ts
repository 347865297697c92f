/**
 * What a failure looks like to the person at the terminal.
 *
 * A failure that was foreseen is one clear line: each package throws one class on the base `CodedError`,
 * and the operating system's errors (no such file, disk full) explain themselves. Anything else is
 * a bug of ours: it begins with `internal:` and keeps its stack.
 */
import { CodedError } from "@malleolus/errors";

/** The text of a failure, without the program's name and without a newline at its end. */
export function describeFailure(error: unknown): string {
  if (isForeseen(error)) return error.message;
  if (error instanceof Error) return `internal: ${stackWithCauses(error)}`;
  return `internal: ${String(error)} was thrown, which is not an Error`;
}

export function isForeseen(error: unknown): error is Error {
  return error instanceof CodedError || (error instanceof Error && "syscall" in error);
}

function stackWithCauses(error: Error): string {
  const stack = error.stack ?? error.message;
  return error.cause instanceof Error
    ? `${stack}\ncaused by ${stackWithCauses(error.cause)}`
    : stack;
}
