/** AE titles: the names by which applications of DICOM call one another. */
import { PacsError } from "../errors.ts";

/** PS3.5 table 6.2-1: at most 16 letters, no backslash, no control characters, not spaces alone. */
const TITLE = /^[ -[\]-~]{1,16}$/;

/** @throws PacsError `title`. `what` begins the message. */
export function requireTitle(text: string, what: string): string {
  if (TITLE.test(text) && text.trim() === text && text !== "") return text;
  throw new PacsError(
    "title",
    `${what}: expected an AE title of 1 to 16 letters, got ${JSON.stringify(text.slice(0, 40))}`,
  );
}
