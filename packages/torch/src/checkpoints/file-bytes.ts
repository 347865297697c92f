/**
 * Byte ranges of a file that others wrote, and one form for everything that can be wrong with it.
 *
 * What reads a checkpoint throws `malformed` wherever the file contradicts itself; `readingFile`
 * puts the path before it.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { TorchError } from "../errors.ts";

// Linux reads no more than 2 GiB at once.
const LARGEST_CHUNK_BYTES = 1 << 30;

export interface FileBytes {
  readonly size: number;
  /** A copy, at the start of a buffer of its own. @throws TorchError beyond the file's end. */
  read(start: number, end: number): Buffer<ArrayBuffer>;
}

/** A TorchError `checkpoint` that does not name the file yet. */
export function malformed(message: string): TorchError {
  return new TorchError("checkpoint", message);
}

/**
 * Opens a file for `body` and closes it.
 *
 * @throws TorchError `checkpoint`, beginning with the path, for what `body` found malformed, for
 *   what the system refused, and where memory does not suffice.
 */
export function readingFile<T>(path: string, body: (file: FileBytes) => T): T {
  let descriptor: number | null = null;
  try {
    const file = openSync(path, "r");
    descriptor = file;
    const { size } = fstatSync(file);
    return body({ size, read: (start, end) => readRange(file, start, end, size) });
  } catch (cause) {
    if (!(cause instanceof Error) || !isOfTheFile(cause)) throw cause;
    const what = cause instanceof TorchError ? cause.message : `cannot be read: ${cause.message}`;
    throw new TorchError("checkpoint", `${path}: ${what}`, { cause });
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

function readRange(file: number, start: number, end: number, size: number): Buffer<ArrayBuffer> {
  if (!(start >= 0 && start <= end && end <= size)) {
    throw malformed(
      `expected ${end - start} bytes at ${start}, but it ends at ${size}; it was cut or damaged: copy it again`,
    );
  }
  const bytes = Buffer.from(new ArrayBuffer(end - start));
  let done = 0;
  while (done < bytes.length) {
    const chunk = Math.min(bytes.length - done, LARGEST_CHUNK_BYTES);
    const read = readSync(file, bytes, done, chunk, start + done);
    if (read === 0) throw malformed("it became shorter while it was read; read it again");
    done += read;
  }
  return bytes;
}

/** Whether the file is to blame, or the system, and not this code. */
function isOfTheFile(error: Error): boolean {
  return (
    (error instanceof TorchError && error.code === "checkpoint") ||
    "syscall" in error ||
    ("code" in error && error.code === "ERR_STRING_TOO_LONG") ||
    (error instanceof RangeError && /allocation failed|array buffer length/i.test(error.message))
  );
}
