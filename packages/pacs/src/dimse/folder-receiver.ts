/**
 * Objects received into a folder, a file each, `<SOP Instance UID>.dcm`: under another name until they are whole and
 * on the disk. An object that comes again takes the place of the earlier one.
 */
import { randomBytes } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { requireUid } from "../uid.ts";
import type { ObjectReceiver } from "./receive-object.ts";

/** What an interruption leaves ends so; whoever owns the folder removes it. */
export const PART_ENDING = ".part";

/** `onKept` is told of each file once it is there. */
export function folderReceiver(folder: string, onKept?: (path: string) => void): ObjectReceiver {
  return {
    async open({ sopInstance }) {
      const path = join(folder, `${requireUid(sopInstance, "an object")}.dcm`);
      // The same object may come twice at once.
      const part = `${path}.${randomBytes(8).toString("hex")}${PART_ENDING}`;
      const file = await open(part, "wx", 0o600);
      return {
        async write(bytes) {
          await writeAll(file, bytes);
        },
        async commit() {
          try {
            await file.sync();
            await file.close();
            await rename(part, path);
          } catch (error) {
            await discard(file, part);
            throw error;
          }
          await syncFolder(folder);
          onKept?.(path);
        },
        discard: () => discard(file, part),
      };
    },
  };
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let at = 0;
  while (at < bytes.length) at += (await file.write(bytes, at)).bytesWritten;
}

async function discard(file: FileHandle, part: string): Promise<void> {
  // Closed already where the flush went well and the new name did not.
  await file.close().catch(() => undefined);
  await rm(part, { force: true });
}

/** A name is safe only when its folder is on the disk, too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
