/** Paths that are no files: reading a named pipe would wait for a writer that never comes. */
import { stat } from "node:fs/promises";
import { DataError } from "./errors.ts";

/**
 * @throws DataError `unreadable` for folders, pipes, sockets and devices, but for the system's own,
 *   as a shell gives for `<(command)`. What does not exist is left to whoever reads it.
 */
export async function requireFile(path: string): Promise<void> {
  if (path.startsWith("/dev/")) return;
  const found = await stat(path).catch(() => null);
  if (found === null || found.isFile()) return;
  const got = found.isDirectory()
    ? "a folder; check that it can be listed, or name a file"
    : `${found.isFIFO() ? "a named pipe" : found.isSocket() ? "a socket" : "a device"}; leave it out`;
  throw new DataError("unreadable", `${path}: expected a file, got ${got}`);
}
