/** Faults of a single file, apart from failures that end an import. */
import { DataError } from "@malleolus/data";
import { StudyError } from "../errors.ts";

export interface Refusal {
  readonly code: string;
  readonly reason: string;
}

/** Null for anything that is not the file's fault, such as a full disk. */
export function refusalOf(error: unknown): Refusal | null {
  const isItsFault =
    error instanceof DataError ||
    (error instanceof StudyError && (error.code === "source" || error.code === "unreadable"));
  return isItsFault ? { code: error.code, reason: error.message } : null;
}
