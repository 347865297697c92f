/** A file on this computer to a radiograph: what it is shows in its content, never in its name. */
import { DataError, dicomOpening, readPlainDicom } from "@malleolus/data/browser";
import { LARGEST_SIDE, type Picture, PictureError, type PictureFault } from "./picture.ts";
import { readBrowserImage } from "./read-browser-image.ts";

/** More than a radiograph of the largest sides has. */
const LARGEST_BYTES = 2 ** 28;
/** Behind the preamble stands what tells DICOM. */
const HEAD_BYTES = 256;

const FAULTS: Readonly<Partial<Record<DataError["code"], PictureFault>>> = {
  "unknown-format": "unreadable",
  truncated: "damaged",
  damaged: "damaged",
  "no-pixels": "no pixels",
  unsupported: "unsupported",
};

/** @throws PictureError */
export async function readPicture(file: Blob): Promise<Picture> {
  if (file.size > LARGEST_BYTES) throw new PictureError("too large");
  const head = await bytesOf(file.slice(0, HEAD_BYTES));
  return dicomOpening(head) === undefined
    ? readBrowserImage(file)
    : readDicomPicture(await bytesOf(file));
}

async function readDicomPicture(bytes: Uint8Array): Promise<Picture> {
  const read = await plainDicom(bytes);
  if (read.kind === "compressed") {
    throw new PictureError("compressed", { detail: read.compression });
  }
  const { width, height } = read.radiograph;
  if (Math.max(width, height) > LARGEST_SIDE) throw new PictureError("too large");
  return read.radiograph;
}

async function plainDicom(bytes: Uint8Array) {
  try {
    return await readPlainDicom(bytes, "the file");
  } catch (cause) {
    const fault = cause instanceof DataError ? FAULTS[cause.code] : undefined;
    throw fault === undefined ? cause : new PictureError(fault, { cause });
  }
}

/** A file that was moved, or may not be read, is found out here. */
async function bytesOf(file: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    throw new PictureError("unreadable", { cause });
  }
}
