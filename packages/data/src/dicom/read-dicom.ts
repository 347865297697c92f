/**
 * A DICOM file to a radiograph.
 */
import { createHash } from "node:crypto";
import type { Radiograph } from "../radiograph.ts";
import type { Attributes } from "./attributes.ts";
import { parseDataSet } from "./data-set.ts";
import { displayValues } from "./display.ts";
import { readPixelHeader } from "./header.ts";
import { readSide, readView } from "./projection.ts";
import { answersAlike, type Reads, recordReads } from "./recorded-reads.ts";
import { readStoredValues } from "./samples.ts";
import { readSpacing } from "./spacing.ts";
import { requireTransferSyntax, type TransferSyntax } from "./transfer-syntax.ts";

/**
 * The radiograph in a DICOM file's bytes. `where` (the file's name, say) begins the messages.
 *
 * Reads one frame of 8 or 16 bits in every transfer syntax of `transfer-syntax.ts`, grayscale or
 * colour as luminance.
 *
 * @throws DataError: `damaged`, `truncated`, `no-pixels` or `unsupported`.
 */
export async function readDicom(bytes: Uint8Array, where: string): Promise<Radiograph> {
  return (await readDicomImage(bytes, where)).radiograph;
}

export interface DicomImage {
  readonly radiograph: Radiograph;
  /** Of its stored values, whatever compression they are in: tells one image from another. */
  readonly storedSha256: string;
  /** All that its picture was made of. */
  readonly picture: Picture;
}

/** The pixels, and remarks on them. */
interface Picture extends Pick<Radiograph, "stored" | "displayed" | "display"> {
  /** Made when they are first asked for: an import has no need of them. */
  readonly pixels: () => Float32Array;
  readonly notes: readonly string[];
  readonly storedSha256: string;
  readonly reads: Reads;
}

/**
 * As `readDicom`, for whoever must know whether two files hold the same image. Where the file says
 * of its picture all that the file of `like` says, that picture is taken and nothing is decoded.
 */
export async function readDicomImage(
  bytes: Uint8Array,
  where: string,
  like: DicomImage | null = null,
): Promise<DicomImage> {
  const { attributes, header, syntax } = openDicom(bytes, where);
  const isAlike = like !== null && answersAlike(like.picture.reads, attributes);
  const picture = isAlike ? like.picture : await readPicture(attributes, syntax, where);
  const { spacing, notes: ofSpacing } = readSpacing(attributes);
  const radiograph: Radiograph = {
    format: "dicom",
    width: header.columns,
    height: header.rows,
    modality: attributes.text("x00080060"),
    view: readView(attributes),
    side: readSide(attributes),
    ...spacing,
    transferSyntax: attributes.transferSyntax,
    bitsAllocated: header.bitsAllocated,
    bitsStored: header.bitsStored,
    photometric: header.photometric,
    exifOrientation: null,
    get pixels() {
      return picture.pixels();
    },
    stored: picture.stored,
    displayed: picture.displayed,
    display: picture.display,
    notes: [...ofSpacing, ...picture.notes],
  };
  return { radiograph, storedSha256: picture.storedSha256, picture };
}

async function readPicture(
  of: Attributes,
  syntax: TransferSyntax,
  where: string,
): Promise<Picture> {
  const { attributes, reads } = recordReads(of);
  const header = readPixelHeader(attributes, where);
  const stored = await readStoredValues(attributes, header, syntax, where);
  const shown = displayValues(stored, attributes, header, where);
  const values = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
  return {
    pixels: shown.pixels,
    stored: shown.storedRange,
    displayed: shown.displayedRange,
    display: shown.display,
    notes: shown.notes,
    storedSha256: createHash("sha256").update(values).digest("hex"),
    reads,
  };
}

/** Its attributes and how its pixels are written; throws DataError as `readDicom`. */
export function openDicom(bytes: Uint8Array, where: string) {
  const attributes = parseDataSet(bytes, where);
  const syntax = requireTransferSyntax(attributes.transferSyntax, where);
  return { attributes, syntax, header: readPixelHeader(attributes, where) };
}
