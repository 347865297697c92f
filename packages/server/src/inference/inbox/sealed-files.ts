/**
 * Files that nobody reads without the key: AES-256-GCM, each under a nonce of its own and bound to its own name, so
 * that one cannot stand in for another. A file is there whole or not at all.
 *
 * On the disk: eight letters, twelve bytes of the nonce, what is sealed, sixteen bytes of the tag.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { type FileHandle, open, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { ServerError } from "../../errors.ts";

const MAGIC = Buffer.from("MLSEAL1\n", "latin1");
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = "aes-256-gcm";
export const PART_ENDING = ".part";

/** Writes pieces as they come; one of `commit` and `discard` is called in the end. */
export interface SealedWriter {
  write(bytes: Uint8Array): Promise<void>;
  /** Returns when the file is on the disk under its name. */
  commit(): Promise<void>;
  discard(): Promise<void>;
}

export async function sealedWriter(key: Uint8Array, path: string): Promise<SealedWriter> {
  const part = `${path}.${randomBytes(8).toString("hex")}${PART_ENDING}`;
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce);
  cipher.setAAD(Buffer.from(basename(path), "utf8"));
  const file = await open(part, "wx", 0o600);
  const discard = async () => {
    await file.close().catch(() => undefined);
    await rm(part, { force: true });
  };
  try {
    await writeAll(file, Buffer.concat([MAGIC, nonce]));
  } catch (error) {
    await discard();
    throw error;
  }
  return {
    write: (bytes) => writeAll(file, cipher.update(bytes)),
    async commit() {
      try {
        await writeAll(file, Buffer.concat([cipher.final(), cipher.getAuthTag()]));
        await file.sync();
        await file.close();
        await rename(part, path);
      } catch (error) {
        await discard();
        throw error;
      }
      await syncFolder(dirname(path));
    },
    discard,
  };
}

export async function writeSealed(key: Uint8Array, path: string, bytes: Uint8Array): Promise<void> {
  const writer = await sealedWriter(key, path);
  try {
    await writer.write(bytes);
  } catch (error) {
    await writer.discard();
    throw error;
  }
  await writer.commit();
}

/** @throws ServerError `settings` for a file that was changed, or is sealed by another key. */
export async function readSealed(key: Uint8Array, path: string): Promise<Buffer> {
  const sealed = await readFile(path);
  const body = MAGIC.length + NONCE_BYTES;
  try {
    if (sealed.length < body + TAG_BYTES || !sealed.subarray(0, MAGIC.length).equals(MAGIC)) {
      throw new Error("it is no sealed file");
    }
    const decipher = createDecipheriv(CIPHER, key, sealed.subarray(MAGIC.length, body), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(basename(path), "utf8"));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(body, -TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw new ServerError(
      "settings",
      `${path}: expected a file that this inbox's key opens, got another; it was changed: restore it from a copy, or remove its folder`,
      { cause },
    );
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let at = 0;
  while (at < bytes.length) at += (await file.write(bytes, at)).bytesWritten;
}

/** What was made or named in it stays there when the power fails. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
