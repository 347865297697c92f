/** How large a file may be that is read whole: more than any radiograph, less than a trap. */
import { StudyError } from "../errors.ts";

/** A zip file may claim to unfold to anything. */
export const MAX_FILE_BYTES = 2 ** 30;

export function tooLarge(name: string, sizeBytes: number): StudyError {
  return new StudyError("source", `${name}: expected at most 1 GiB, got ${sizeBytes} bytes`);
}
