/**
 * Any file to a radiograph: what it is shows in its content, never in its name.
 */
import { readFile, stat } from "node:fs/promises";
import { causeText } from "@malleolus/errors";
import { dicomOpening } from "./dicom/find-data-set.ts";
import { readDicom } from "./dicom/read-dicom.ts";
import { DataError } from "./errors.ts";
import { imageFormat, readImage } from "./image-file.ts";
import type { Radiograph } from "./radiograph.ts";
import { requireFile } from "./regular-file.ts";

/**
 * Reads a DICOM, JPEG or PNG file. Safe in worker threads.
 *
 * @throws DataError with one line that begins with the path: `unreadable`, `unknown-format`,
 *   `truncated`, `damaged`, `no-pixels` or `unsupported`.
 */
export async function readRadiograph(path: string): Promise<Radiograph> {
  await requireFile(path);
  let bytes: Uint8Array;
  try {
    // Reading a pipe would wait for a writer that never comes.
    if (!(await stat(path)).isFile()) throw new Error("it is no file");
    bytes = await readFile(path);
  } catch (cause) {
    throw new DataError(
      "unreadable",
      `${path}: expected a radiograph, got "${causeText(cause)}"; check the path and its rights`,
      { cause },
    );
  }
  return decodeRadiograph(bytes, path);
}

/** The radiograph in a file's bytes; otherwise as `readRadiograph`. */
export async function decodeRadiograph(bytes: Uint8Array, where: string): Promise<Radiograph> {
  const format = imageFormat(bytes);
  if (format !== undefined) return readImage(bytes, format, where);
  if (dicomOpening(bytes) !== undefined) return readDicom(bytes, where);
  const got = bytes.length === 0 ? "an empty file" : `${bytes.length} bytes of something else`;
  throw new DataError("unknown-format", `${where}: expected DICOM, JPEG or PNG, got ${got}`);
}
