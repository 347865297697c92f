/**
 * A radiograph as a screen takes it: whole grey levels with all the bits of the file, 0 black, bones
 * bright, and the window in which the file wants it seen. Whoever looks may choose another window, which
 * displayed values (0 to 1, cut by the window) no longer allow.
 *
 * Stored values of DICOM are moved to begin at 0 and turned around for MONOCHROME1; where a VOI table
 * bends them, the levels are the table's, since no window can say a curve.
 */
import { readFile } from "node:fs/promises";
import { dicomOpening } from "./dicom/find-data-set.ts";
import { readDicomLevels } from "./dicom/stored-levels.ts";
import { DataError } from "./errors.ts";
import { imageFormat, readImage } from "./image-file.ts";

export interface GrayLevels {
  readonly width: number;
  readonly height: number;
  /** `height * width`, row-major. */
  readonly levels: Uint16Array;
  /** The greatest level that the file could hold. */
  readonly top: number;
  /** Levels that are shown black and white; `low` may lie below 0 and `high` above `top`. */
  readonly window: { readonly low: number; readonly high: number };
}

/**
 * Safe in worker threads.
 *
 * @throws DataError as `readRadiograph`.
 */
export async function readGrayLevels(path: string): Promise<GrayLevels> {
  return decodeGrayLevels(await readFile(path), path);
}

/** Of a file's bytes; otherwise as `readGrayLevels`. */
export async function decodeGrayLevels(bytes: Uint8Array, where: string): Promise<GrayLevels> {
  const format = imageFormat(bytes);
  if (format === undefined) {
    if (dicomOpening(bytes) !== undefined) return readDicomLevels(bytes, where);
    throw new DataError(
      "unknown-format",
      `${where}: expected DICOM, JPEG or PNG, got another file`,
    );
  }
  const { width, height, pixels, bitsStored } = await readImage(bytes, format, where);
  const top = 2 ** Math.min(bitsStored, 16) - 1;
  const levels = Uint16Array.from(pixels, (share) => Math.round(share * top));
  return { width, height, levels, top, window: { low: 0, high: top } };
}
