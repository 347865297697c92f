/**
 * Files that were received and are not imported yet: identified patients, so they lie beside the study, as its
 * key file does, where no copy of the study takes them along, and nobody but the server's account reads them.
 * Whatever a server left behind when it ended is removed when the next one starts.
 */
import { mkdirSync, rmSync } from "node:fs";
import { mkdir, open, rm } from "node:fs/promises";
import { basename, join, resolve, sep } from "node:path";
import type { Readable } from "node:stream";
import { ServerError } from "../errors.ts";

export interface StagedFiles {
  /**
   * Takes a file's bytes in.
   *
   * @throws ServerError `too-large` or `unavailable`; nothing is left of it then.
   */
  receive(
    name: string,
    bytes: Readable,
  ): Promise<{ readonly path: string; readonly sizeBytes: number }>;
  remove(path: string): Promise<void>;
  /** A message without the folder that nobody knows. */
  readable(message: string): string;
  clear(): void;
}

/** A disc of radiographs and more; larger archives are imported where they lie. */
export const LARGEST_UPLOAD_BYTES = 2 * 2 ** 30;

/** `what` they are, by which their folder is named. */
export function stagedFiles(
  studyFolder: string,
  largestBytes: number,
  what: "uploads" | "predictions",
): StagedFiles {
  const folder = `${resolve(studyFolder)}.${what}`;
  let count = 0;
  rmSync(folder, { recursive: true, force: true });
  return {
    async receive(name, bytes) {
      count += 1;
      const own = join(folder, String(count));
      const path = join(own, safeName(name));
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        await mkdir(own, { mode: 0o700 });
        return { path, sizeBytes: await write(path, bytes, largestBytes) };
      } catch (error) {
        await rm(own, { recursive: true, force: true });
        throw refusalOf(error);
      } finally {
        // Whatever is still to come of it is read and forgotten, so that its sender hears the answer.
        bytes.resume();
      }
    },
    remove: (path) => rm(join(path, ".."), { recursive: true, force: true }),
    readable: (message) =>
      message.replaceAll(new RegExp(`${escaped(folder + sep)}\\d+${escaped(sep)}`, "g"), ""),
    clear: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function write(path: string, bytes: Readable, largestBytes: number): Promise<number> {
  const handle = await open(path, "wx", 0o600);
  let sizeBytes = 0;
  try {
    for await (const chunk of bytes.iterator({ destroyOnReturn: false })) {
      const part = Buffer.from(chunk);
      sizeBytes += part.length;
      if (sizeBytes > largestBytes) throw tooLargeFile(largestBytes);
      await handle.writeFile(part);
    }
  } finally {
    await handle.close();
  }
  return sizeBytes;
}

export function tooLargeFile(largestBytes: number): ServerError {
  return new ServerError(
    "too-large",
    `A file may have at most ${sizeText(largestBytes)}. A terminal takes larger ones where they lie: ` +
      "malleolus import dicom, malleolus predict.",
  );
}

function sizeText(bytes: number): string {
  if (bytes >= 2 ** 30) return `${(bytes / 2 ** 30).toFixed(0)} GiB`;
  return bytes >= 2 ** 20 ? `${(bytes / 2 ** 20).toFixed(0)} MiB` : `${bytes} bytes`;
}

/** The last part of a sender's name, whatever its slashes and dots: a name, and no way out of a folder. */
function safeName(name: string): string {
  const last = basename(name.replaceAll("\\", "/"));
  const safe = last.replace(/[^\p{L}\p{N}._ -]/gu, "_").slice(-100);
  return /^[. ]*$/.test(safe) ? "file" : safe;
}

function refusalOf(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOSPC") {
    const message = "The server's disk is full. Nothing was kept of this file.";
    return new ServerError("unavailable", message, { cause: error });
  }
  if (code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE") {
    const message = "The file was cut off. Nothing was kept of it.";
    return new ServerError("invalid", message, { cause: error });
  }
  return error;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
