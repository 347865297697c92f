/** A DICOM file's data set, inflated by zlib where it is deflated. */
import { inflateRawSync, inflateSync } from "node:zlib";
import {
  findDataSet,
  inflatedFile,
  MAX_INFLATED_BYTES,
  notInflated,
  type OpenedFile,
} from "./find-data-set.ts";

/** @throws DataError: `unknown-format`, or `damaged` where a deflated data set does not inflate. */
export function openFile(bytes: Uint8Array, where: string): OpenedFile {
  const found = findDataSet(bytes, where);
  return found.kind === "plain" ? found.file : inflatedFile(inflate(found.deflated, where));
}

/** Bare (RFC 1951), as the standard has it, or with the header of zlib (RFC 1950). */
function inflate(deflated: Uint8Array, where: string): Uint8Array {
  const limit = { maxOutputLength: MAX_INFLATED_BYTES };
  const hasHeader =
    deflated.length > 2 &&
    (deflated[0] & 0x0f) === 8 &&
    (deflated[0] * 256 + deflated[1]) % 31 === 0;
  try {
    if (!hasHeader) return inflateRawSync(deflated, limit);
    try {
      return inflateSync(deflated, limit);
    } catch {
      // The first two bytes of a bare stream may look like a header.
      return inflateRawSync(deflated, limit);
    }
  } catch (cause) {
    throw notInflated(cause, where);
  }
}
