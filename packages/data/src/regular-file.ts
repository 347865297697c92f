/** Paths that are no files: reading a named pipe would wait for a writer that never comes. */
import { stat } from "node:fs/promises";
import { DataError } from "./errors.ts";

/**
 * Throws DataError `unreadable` for pipes, sockets and devices, but for those of the system's own, as a
 * shell gives for `<(command)`. What does not exist is left to whoever reads it.
 */
export async function requireFile(path: string): Promise<void> {
  if (path.startsWith("/dev/")) return;
  const found = await stat(path).catch(() => null);
  if (found === null || found.isFile() || found.isDirectory()) return;
  const what = found.isFIFO() ? "a named pipe" : found.isSocket() ? "a socket" : "a device";
  throw new DataError("unreadable", `${path}: expected a file, got ${what}; leave it out`);
}
