/** Prints remarks on an annotation file in one paragraph, before it is used. */
import type { Output } from "./output.ts";

/** `remarks` are sentences without their full stops; without any, nothing is said. */
export function sayRemarks(
  path: string,
  remarks: readonly string[],
  { writeError }: Pick<Output, "writeError">,
): void {
  if (remarks.length > 0) writeError(`note on ${path}: ${remarks.join(". ")}.\n`);
}
