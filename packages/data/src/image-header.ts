/**
 * What a radiograph's file says of itself, without its pixels: enough to find, before a long
 * computation begins, the files that would end it. JPEG and PNG are read at their ends alone, DICOM
 * whole; only what looks cut is decoded, to be sure.
 */
import { open, readFile } from "node:fs/promises";
import { causeText } from "@malleolus/errors";
import sharp from "sharp";
import { parseDataSet } from "./dicom/data-set.ts";
import { dicomOpening } from "./dicom/find-data-set.ts";
import { readPixelHeader } from "./dicom/header.ts";
import { DataError } from "./errors.ts";
import { exifOrientation, imageFormat } from "./image-file.ts";
import { readRadiograph } from "./read-radiograph.ts";
import { requireFile } from "./regular-file.ts";

export interface ImageHeader {
  /** Of the stored pixels. */
  readonly width: number;
  readonly height: number;
  /** Not applied; null if there is nothing to apply. */
  readonly exifOrientation: number | null;
  /** A picture of 16 bits. */
  readonly isDeepPicture: boolean;
  /** Whom a DICOM file names. */
  readonly patientId: string | null;
  /** Who made the machine, as a DICOM file says it; de-identification leaves it. */
  readonly manufacturer: string | null;
}

/** @throws DataError as `readRadiograph`. */
export async function readImageHeader(path: string): Promise<ImageHeader> {
  await requireFile(path);
  const { start, end } = await readEnds(path);
  const format = imageFormat(start);
  if (format === undefined) return readDicomHeader(path);
  if (!isWhole(format, end)) await readRadiograph(path);
  const metadata = await pictureMetadata(path);
  if (metadata === null) {
    // Decoding says what is wrong with it.
    const { width, height } = await readRadiograph(path);
    return {
      width,
      height,
      exifOrientation: null,
      isDeepPicture: false,
      patientId: null,
      manufacturer: null,
    };
  }
  return {
    width: metadata.width,
    height: metadata.height,
    exifOrientation: exifOrientation(metadata),
    isDeepPicture: metadata.depth === "ushort",
    patientId: null,
    manufacturer: null,
  };
}

const END_BYTES = 4096;

async function readEnds(path: string): Promise<{ start: Uint8Array; end: Uint8Array }> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    const read = async (position: number) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(END_BYTES), { position });
      return buffer.subarray(0, bytesRead);
    };
    return { start: await read(0), end: await read(Math.max(0, size - END_BYTES)) };
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** JPEG's end marker near the end, since much may follow it; PNG's last chunk. */
function isWhole(format: "jpeg" | "png", end: Uint8Array): boolean {
  const mark = format === "jpeg" ? [0xff, 0xd9] : [0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82];
  return Buffer.from(end).includes(Buffer.from(mark));
}

async function pictureMetadata(path: string) {
  try {
    return await sharp(path).metadata();
  } catch {
    return null;
  }
}

async function readDicomHeader(path: string): Promise<ImageHeader> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  if (dicomOpening(bytes) === undefined) {
    const got = bytes.length === 0 ? "an empty file" : `${bytes.length} bytes of something else`;
    throw new DataError("unknown-format", `${path}: expected DICOM, JPEG or PNG, got ${got}`);
  }
  const attributes = parseDataSet(bytes, path);
  const { columns, rows } = readPixelHeader(attributes, path);
  return {
    width: columns,
    height: rows,
    exifOrientation: null,
    isDeepPicture: false,
    patientId: attributes.text("x00100020"),
    manufacturer: attributes.text("x00080070"),
  };
}

function unreadable(path: string, cause: unknown): DataError {
  return new DataError(
    "unreadable",
    `${path}: expected a radiograph, got "${causeText(cause)}"; check the path and its rights`,
    { cause },
  );
}
