/**
 * De-identified originals by the hash of their bytes: `images/ab/abcdef….dcm`. A file is there whole
 * or not at all, and the same bytes are there once.
 */
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** Where an image of this hash lies in a store. */
export function imagePath(store: string, sha256: string): string {
  return join(store, sha256.slice(0, 2), `${sha256}.dcm`);
}

/** Stores bytes and returns their hash; on the disk when it returns. */
export function storeImage(store: string, bytes: Uint8Array): string {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const path = imagePath(store, sha256);
  if (existsSync(path)) return sha256;
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  const aside = `${path}.tmp`;
  writeFileSync(aside, bytes, { flush: true });
  renameSync(aside, path);
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return sha256;
}

/**
 * Removes what an interrupted import left: files that are not `known`. Returns how many. Only the
 * holder of the import's lock may call it.
 */
export function removeOrphans(store: string, known: (sha256: string) => boolean): number {
  if (!existsSync(store)) return 0;
  let removed = 0;
  for (const folder of readdirSync(store, { withFileTypes: true })) {
    if (!folder.isDirectory() || !/^[0-9a-f]{2}$/.test(folder.name)) continue;
    for (const name of readdirSync(join(store, folder.name))) {
      const sha256 = /^([0-9a-f]{64})\.dcm$/.exec(name)?.[1];
      const isOurs = sha256 !== undefined || /^[0-9a-f]{64}\.dcm\.tmp$/.test(name);
      if (!isOurs || (sha256 !== undefined && known(sha256))) continue;
      rmSync(join(store, folder.name, name));
      removed++;
    }
  }
  return removed;
}
