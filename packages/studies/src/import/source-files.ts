/**
 * The files in what a person points at: a file, a folder with all below it, and zip files as the
 * folders that they are. Of a zip file, one file at a time is in memory. What cannot be read (a pipe, a
 * link to nowhere, a folder without rights) is named, and stops nothing.
 */
import { readFileSync, statSync } from "node:fs";
import { StudyError } from "../errors.ts";
import { MAX_FILE_BYTES, tooLarge } from "./file-limit.ts";
import type { ListedPath } from "./list-paths.ts";
import { readZip } from "./zip-files.ts";

export interface SourceFile {
  /** For messages: `folder/a.zip/b.dcm`. */
  readonly name: string;
  /** Its path; its bytes where it has none; or why it cannot be read. */
  readonly contents: string | Uint8Array<ArrayBuffer> | StudyError;
  /** How many of the listed paths are behind, with this one. */
  readonly done: number;
}

/** The files at the paths, one by one, and those in zip files. */
export async function* filesAt(paths: readonly ListedPath[]): AsyncGenerator<SourceFile> {
  for (const [index, { path, trouble }] of paths.entries()) {
    const done = index + 1;
    if (trouble !== null || !/\.zip$/i.test(path)) {
      yield { name: path, contents: trouble ?? path, done };
      continue;
    }
    try {
      for await (const file of readZip(path)) yield { ...file, done };
    } catch (error) {
      // The files beside one that is no zip file are not its fault.
      if (!(error instanceof StudyError)) throw error;
      yield { name: path, contents: error, done };
    }
  }
}

/**
 * The bytes of a file that lies by itself.
 *
 * @throws StudyError `source` where it is that file's fault, `unreadable` where the system does not give its bytes.
 */
export function readSourceFile(path: string): Uint8Array {
  try {
    const status = statSync(path);
    // Reading a pipe would wait for a writer that never comes.
    if (!status.isFile()) throw new StudyError("source", `${path}: expected a file, got none`);
    if (status.size > MAX_FILE_BYTES) throw tooLarge(path, status.size);
    return readFileSync(path);
  } catch (cause) {
    if (cause instanceof StudyError || !(cause instanceof Error && "syscall" in cause)) throw cause;
    throw new StudyError("unreadable", `${path}: it cannot be read (${cause.message})`, { cause });
  }
}
