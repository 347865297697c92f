/** All of some bytes into an open file. */
import { writeSync } from "node:fs";

/** The system may write less than it is asked to, where its disk is full, say. @throws the system's error. */
export function writeWhole(handle: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done);
}
