/**
 * The files in a zip file, and in zip files within it. Nothing is unpacked to the disk, so that the
 * path of an entry can do no harm and is only its name, whatever its slashes and dots.
 */
import { arrayBuffer } from "node:stream/consumers";
import { causeText } from "@malleolus/errors";
import { type Entry, fromBuffer, open, type ZipFile } from "yauzl";
import { StudyError } from "../errors.ts";
import { MAX_FILE_BYTES, tooLarge } from "./file-limit.ts";

export interface ZippedFile {
  readonly name: string;
  /** Its bytes, or why they cannot be read. */
  readonly contents: Uint8Array<ArrayBuffer> | StudyError;
}

/** A zip file in a zip file in a zip file is somebody's archive; more is a trap. */
const DEEPEST = 3;
/** Bytes are names as they are: yauzl's own reading of them refuses paths that could be unpacked. */
const OPTIONS = { lazyEntries: true, autoClose: false, decodeStrings: false } as const;
const UTF8_FLAG = 0x800;
/** What macOS writes beside the files. */
const BESIDE = /(^|\/)(__MACOSX\/|\._|\.DS_Store$)/;

/**
 * Reads the list of a zip file once, then its files one by one as they are asked for.
 *
 * @throws StudyError `source` where its list is not one, `unreadable` where the system does not give its bytes.
 */
export function readZip(path: string): AsyncGenerator<ZippedFile> {
  return filesIn(path, () => openZip(path), 1);
}

async function* filesIn(
  path: string,
  openIt: () => Promise<ZipFile>,
  depth: number,
): AsyncGenerator<ZippedFile> {
  const zip = await openIt();
  try {
    for (;;) {
      const entry = await nextEntry(zip, path);
      if (entry === null) return;
      const own = nameOf(entry);
      if (/[/\\]$/.test(own) || own === "" || BESIDE.test(own)) continue;
      const name = `${path}/${own.replace(/^[/\\]+/, "")}`;
      const contents = await readEntry(zip, entry, name);
      if (contents instanceof Error || depth >= DEEPEST || !/\.zip$/i.test(own)) {
        yield { name, contents };
      } else {
        yield* filesInEntry(name, contents, depth + 1);
      }
    }
  } finally {
    zip.close();
  }
}

/** Of a zip file within another; what is none is a file like the others. */
async function* filesInEntry(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  depth: number,
): AsyncGenerator<ZippedFile> {
  try {
    yield* filesIn(name, () => openBytes(bytes, name), depth);
  } catch (error) {
    if (!(error instanceof StudyError)) throw error;
    yield { name, contents: error };
  }
}

/** By the flag, else as UTF-8 where it is, else a character a byte. */
function nameOf(entry: Entry): string {
  const written: unknown = entry.fileName;
  if (!(written instanceof Uint8Array)) return entry.fileName;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(written);
  } catch {
    const isUtf8 = (entry.generalPurposeBitFlag & UTF8_FLAG) !== 0;
    return new TextDecoder(isUtf8 ? "utf-8" : "windows-1252").decode(written);
  }
}

function openZip(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    open(path, OPTIONS, (error, zip) => {
      if (error === null) resolve(zip);
      else reject(notZip(path, error));
    });
  });
}

function openBytes(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromBuffer(Buffer.from(bytes.buffer), OPTIONS, (error, zip) => {
      if (error === null) resolve(zip);
      else reject(notZip(name, error));
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

function notZip(name: string, cause: unknown): StudyError {
  if (cause instanceof Error && "syscall" in cause) {
    return new StudyError("unreadable", `${name}: it cannot be read (${cause.message})`, { cause });
  }
  return new StudyError(
    "source",
    `${name}: expected a whole zip file, got one that cannot be read (${causeText(cause)})`,
    { cause },
  );
}
