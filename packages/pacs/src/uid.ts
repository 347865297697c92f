/** UIDs from the network: they become parts of addresses and names of files, so each is looked at first. */
import { PacsError } from "./errors.ts";

/** PS3.5 section 9.1: numbers with points between them, at most 64 letters. */
const UID = /^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/;
const LONGEST = 64;

export function isUid(text: string): boolean {
  return text.length <= LONGEST && UID.test(text);
}

/** @throws PacsError `uid`. `what` begins the message. */
export function requireUid(text: string, what: string): string {
  if (isUid(text)) return text;
  const shown = JSON.stringify(text.slice(0, LONGEST + 1));
  throw new PacsError("uid", `${what}: expected a UID like 1.2.840.10008, got ${shown}`);
}
