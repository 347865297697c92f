/**
 * JPEG and PNG files without what is written beside the picture: EXIF, XMP, IPTC, comments, texts,
 * times, thumbnails, and whatever follows the picture's end. The compressed picture, and what decides
 * its colours (JFIF, Adobe's marker, ICC profiles, PNG's gamma and the like), is copied as it is, so
 * the pixels stay exactly what they were. It does not look for words within the pixels.
 *
 * An EXIF orientation goes with the rest; a study keeps it in the image's record.
 */
import { DataError } from "./errors.ts";
import { imageFormat } from "./image-file.ts";

/** @throws DataError: `unknown-format` for other files, `damaged` where the segments do not fit. */
export function stripImage(bytes: Uint8Array, where: string): readonly Uint8Array[] {
  switch (imageFormat(bytes)) {
    case "jpeg":
      return stripJpeg(bytes, where);
    case "png":
      return stripPng(bytes, where);
    case undefined:
      throw new DataError("unknown-format", `${where}: expected JPEG or PNG, got something else`);
  }
}

const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;
const COMMENT = 0xfe;

/** Segments up to the end of the last scan (ITU-T T.81 annex B). */
function stripJpeg(bytes: Uint8Array, where: string): Uint8Array[] {
  const kept = [bytes.subarray(0, 2)];
  let position = 2;
  for (;;) {
    if (bytes[position] !== 0xff) throw damaged(where, "a JPEG marker", position);
    // Markers may have any number of fill bytes before them.
    while (bytes[position + 1] === 0xff) position++;
    const marker = bytes[position + 1];
    if (marker === undefined) throw damaged(where, "the end of the JPEG image", position);
    if (marker === END_OF_IMAGE) {
      kept.push(bytes.subarray(position, position + 2));
      return kept;
    }
    const length = 2 + ((bytes[position + 2] << 8) | bytes[position + 3]);
    let end = position + length;
    if (!(end <= bytes.length)) throw damaged(where, "a whole JPEG segment", position);
    if (marker === START_OF_SCAN) end = endOfScan(bytes, end);
    if (!isBesideJpeg(bytes, marker, position + 4)) kept.push(bytes.subarray(position, end));
    position = end;
  }
}

/** Application data but JFIF (0), ICC profiles (2, by their name) and Adobe's (14), and comments. */
function isBesideJpeg(bytes: Uint8Array, marker: number, start: number): boolean {
  if (marker === COMMENT) return true;
  if (marker < 0xe0 || marker > 0xef) return false;
  const name = Buffer.from(bytes.subarray(start, start + 12)).toString("latin1");
  const isColor =
    (marker === 0xe0 && name.startsWith("JFIF\0")) ||
    (marker === 0xe2 && name === "ICC_PROFILE\0") ||
    (marker === 0xee && name.startsWith("Adobe"));
  return !isColor;
}

/** The next marker that is neither stuffing nor a restart. */
function endOfScan(bytes: Uint8Array, start: number): number {
  let position = start;
  for (;;) {
    position = bytes.indexOf(0xff, position);
    if (position < 0) return bytes.length;
    const next = bytes[position + 1];
    const isData = next === 0 || (next >= 0xd0 && next <= 0xd7);
    if (!isData && next !== 0xff) return position;
    position += isData ? 2 : 1;
  }
}

/** Chunks that the picture needs (PNG, third edition, 11.2 and 11.3). */
const PNG_PICTURE = new Set(
  "IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD pHYs".split(" "),
);

function stripPng(bytes: Uint8Array, where: string): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept = [bytes.subarray(0, 8)];
  let position = 8;
  for (;;) {
    if (position + 12 > bytes.length) throw damaged(where, "a PNG chunk", position);
    const end = position + 12 + view.getUint32(position);
    if (end > bytes.length) throw damaged(where, "a whole PNG chunk", position);
    const name = Buffer.from(bytes.subarray(position + 4, position + 8)).toString("latin1");
    if (PNG_PICTURE.has(name)) kept.push(bytes.subarray(position, end));
    if (name === "IEND") return kept;
    position = end;
  }
}

function damaged(where: string, expected: string, position: number): DataError {
  return new DataError(
    "damaged",
    `${where}: expected ${expected} at byte ${position}, got none; the file is cut or damaged: copy it again`,
  );
}
