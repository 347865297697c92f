/** An error on its way between threads, where classes are lost. */
import { DataError } from "@malleolus/data";

export interface Failure {
  readonly message: string;
  /** A file that cannot be used, and not a fault of ours. */
  readonly isForeseen: boolean;
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error), isForeseen: false };
  const isForeseen = error.name === "DataError";
  return { message: isForeseen ? error.message : (error.stack ?? error.message), isForeseen };
}

export function errorOf({ message, isForeseen }: Failure): Error {
  return isForeseen
    ? new DataError("unreadable", message)
    : new Error(`internal: a thread that looks at radiographs failed: ${message}`);
}
