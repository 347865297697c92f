/** Files that are there whole or not at all. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes aside, flushes to the disk, then names. `mode` as the system's: who may read it; default as the process makes
 * files.
 *
 * @throws the system's error, with the path.
 */
export function writeFileWhole(path: string, data: string | Uint8Array, mode = 0o666): void {
  mkdirSync(dirname(path), { recursive: true });
  const aside = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(aside, data, { mode, flush: true });
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    // A full disk's error does not say which file it was.
    if (error instanceof Error) error.message = `${path} cannot be written: ${error.message}`;
    throw error;
  }
}
