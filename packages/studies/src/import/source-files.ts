/**
 * The files in what a person points at: a file, a folder with all below it, and zip files as the
 * folders that they are. Of a zip file, one file at a time is in memory.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { arrayBuffer } from "node:stream/consumers";
import { type Entry, open, type ZipFile } from "yauzl";
import { causeText, StudyError } from "../errors.ts";

/** More than any radiograph; a zip file may claim to unfold to anything. */
const MAX_FILE_BYTES = 2 ** 30;

export interface SourceFile {
  /** For messages: `folder/a.zip/b.dcm`. */
  readonly name: string;
  /** Its path; its bytes where it has none; or why a zip file does not give it. */
  readonly contents: string | Uint8Array<ArrayBuffer> | StudyError;
  /** How many of the listed paths are behind, with this one. */
  readonly done: number;
}

/**
 * Paths of files, in the order of their names, hidden ones left out. Throws StudyError `source` where
 * one does not exist, or there is no file at all.
 */
export function listPaths(paths: readonly string[]): string[] {
  const found = paths.flatMap((path) => {
    const status = statSync(path, { throwIfNoEntry: false });
    if (status === undefined) {
      throw new StudyError(
        "source",
        `${path}: expected a file or a folder to import, got none; check the path`,
      );
    }
    return status.isDirectory() ? pathsBelow(path) : [path];
  });
  if (found.length > 0) return found;
  const where = paths.join(", ");
  throw new StudyError("source", `${where}: expected files to import, got an empty folder`);
}

/** The files at the paths, one by one, and those in zip files. */
export async function* filesAt(paths: readonly string[]): AsyncGenerator<SourceFile> {
  for (const [index, path] of paths.entries()) {
    const done = index + 1;
    if (!/\.zip$/i.test(path)) {
      yield { name: path, contents: path, done };
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

/** The bytes of a file that lies by itself. Throws StudyError `source`: it is that file's fault. */
export function readSourceFile(path: string): Uint8Array {
  try {
    const { size } = statSync(path);
    if (size > MAX_FILE_BYTES) throw tooLarge(path, size);
    return readFileSync(path);
  } catch (cause) {
    if (cause instanceof StudyError || !(cause instanceof Error && "syscall" in cause)) throw cause;
    throw new StudyError("source", `${path}: it cannot be read (${cause.message})`, { cause });
  }
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
async function* readZip(path: string): AsyncGenerator<Omit<SourceFile, "done">> {
  const zip = await openZip(path);
  try {
    for (;;) {
      const entry = await nextEntry(zip, path);
      if (entry === null) return;
      const isHidden = /(^|\/)(\.|__MACOSX\/)/.test(entry.fileName);
      if (entry.fileName.endsWith("/") || isHidden) continue;
      const name = `${path}/${entry.fileName}`;
      yield { name, contents: await readEntry(zip, entry, name) };
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

async function readEntry(
  zip: ZipFile,
  entry: Entry,
  name: string,
): Promise<Uint8Array<ArrayBuffer> | StudyError> {
  if (entry.uncompressedSize > MAX_FILE_BYTES) return tooLarge(name, entry.uncompressedSize);
  try {
    const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
      zip.openReadStream(entry, (error, opened) =>
        error === null ? resolve(opened) : reject(error),
      );
    });
    return new Uint8Array(await arrayBuffer(stream));
  } catch (cause) {
    return notZip(name, cause);
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
