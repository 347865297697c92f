/**
 * The files in what a person points at: a file, a folder with all below it, and zip files as the
 * folders that they are. One file at a time is in memory.
 */

import { readdirSync, statSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { type Entry, open, type ZipFile } from "yauzl";
import { causeText, StudyError } from "../errors.ts";

/** More than any radiograph; a zip file may claim to unfold to anything. */
const MAX_FILE_BYTES = 2 ** 30;

export interface SourceFile {
  /** For messages: `folder/a.zip/b.dcm`. */
  readonly name: string;
  /** Throws StudyError `source`, or the system's error. */
  read(): Promise<Uint8Array>;
}

/** Paths of files, in the order of their names, hidden ones left out. Throws the system's error. */
export function listPaths(paths: readonly string[]): string[] {
  return paths.flatMap((path) => (statSync(path).isDirectory() ? pathsBelow(path) : [path]));
}

/** The file at a path, or the files in the zip file at it. */
export async function* openSource(path: string): AsyncGenerator<SourceFile> {
  if (/\.zip$/i.test(path)) {
    yield* readZip(path);
    return;
  }
  yield {
    name: path,
    read: async () => {
      const { size } = await stat(path);
      if (size > MAX_FILE_BYTES) throw tooLarge(path, size);
      return readFile(path);
    },
  };
}

function pathsBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith("."))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
      return isFolder ? pathsBelow(path) : [path];
    });
}

/** Reads the list of a zip file once, then its files one by one as they are asked for. */
async function* readZip(path: string): AsyncGenerator<SourceFile> {
  const zip = await openZip(path);
  try {
    for (;;) {
      const entry = await nextEntry(zip, path);
      if (entry === null) return;
      const isHidden = /(^|\/)(\.|__MACOSX\/)/.test(entry.fileName);
      if (entry.fileName.endsWith("/") || isHidden) continue;
      const name = `${path}/${entry.fileName}`;
      yield { name, read: () => readEntry(zip, entry, name) };
    }
  } finally {
    zip.close();
  }
}

function openZip(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    open(path, { lazyEntries: true, autoClose: false }, (error, zip) => {
      if (error === null) resolve(zip);
      else reject(notZip(path, error));
    });
  });
}

function nextEntry(zip: ZipFile, path: string): Promise<Entry | null> {
  return new Promise((resolve, reject) => {
    const settle = (done: () => void) => {
      zip.off("entry", onEntry);
      zip.off("end", onEnd);
      zip.off("error", onError);
      done();
    };
    const onEntry = (entry: Entry) => settle(() => resolve(entry));
    const onEnd = () => settle(() => resolve(null));
    const onError = (error: unknown) => settle(() => reject(notZip(path, error)));
    zip.on("entry", onEntry);
    zip.on("end", onEnd);
    zip.on("error", onError);
    zip.readEntry();
  });
}

async function readEntry(zip: ZipFile, entry: Entry, name: string): Promise<Uint8Array> {
  if (entry.uncompressedSize > MAX_FILE_BYTES) throw tooLarge(name, entry.uncompressedSize);
  try {
    const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
      zip.openReadStream(entry, (error, opened) =>
        error === null ? resolve(opened) : reject(error),
      );
    });
    return await buffer(stream);
  } catch (cause) {
    throw notZip(name, cause);
  }
}

function tooLarge(name: string, sizeBytes: number): StudyError {
  return new StudyError("source", `${name}: expected at most 1 GiB, got ${sizeBytes} bytes`);
}

function notZip(name: string, cause: unknown): StudyError {
  return new StudyError(
    "source",
    `${name}: expected a whole zip file, got one that cannot be read (${causeText(cause)})`,
    { cause },
  );
}
