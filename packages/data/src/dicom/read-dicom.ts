/**
 * A DICOM file to a radiograph.
 */
import type { ImageRecord } from "@malleolus/schema";
import { DataError } from "../errors.ts";
import { type Radiograph, valueRange } from "../radiograph.ts";
import { type Attributes, parseDataSet } from "./data-set.ts";
import { checkLookUpTables, displayValues } from "./display.ts";
import { type PixelHeader, readPixelHeader } from "./header.ts";
import { readSide, readView } from "./projection.ts";
import { readFrame, readStoredValues } from "./samples.ts";
import { readSpacing } from "./spacing.ts";
import { transferSyntax } from "./transfer-syntax.ts";

/**
 * The radiograph in a DICOM file's bytes. `where` (the file's name, say) begins the messages.
 *
 * Reads one frame of 8 or 16 bits in every transfer syntax of `transfer-syntax.ts`, grayscale or
 * colour as luminance. Throws DataError: `damaged`, `truncated`, `no-pixels` or `unsupported`.
 */
export async function readDicom(bytes: Uint8Array, where: string): Promise<Radiograph> {
  const { attributes, header, syntax } = open(bytes, where);
  const stored = await readStoredValues(attributes, header, syntax.encoding, where);
  const { pixels, display } = displayValues(stored, attributes, header, where);
  return {
    ...describe(attributes, header),
    pixels,
    stored: valueRange(stored),
    displayed: valueRange(pixels),
    display,
  };
}

/**
 * What `readDicom` says of a file besides its pixels: it throws what that throws, since everything
 * that can be wrong is looked at, but computes no displayed values. An import needs no more.
 */
export async function readDicomFacts(bytes: Uint8Array, where: string): Promise<ImageRecord> {
  const { attributes, header, syntax } = open(bytes, where);
  await readFrame(attributes, header, syntax.encoding, where);
  checkLookUpTables(attributes, header, where);
  return describe(attributes, header);
}

function open(bytes: Uint8Array, where: string) {
  const attributes = parseDataSet(bytes, where);
  const syntax = transferSyntax(attributes.transferSyntax);
  if (syntax === undefined) {
    throw new DataError(
      "unsupported",
      `${where}: expected a transfer syntax for still images, got ${attributes.transferSyntax}; ` +
        "convert it, to Explicit VR Little Endian say",
    );
  }
  return { attributes, syntax, header: readPixelHeader(attributes, where) };
}

function describe(attributes: Attributes, header: PixelHeader): ImageRecord {
  return {
    format: "dicom",
    width: header.columns,
    height: header.rows,
    modality: attributes.text("x00080060"),
    view: readView(attributes),
    side: readSide(attributes),
    ...readSpacing(attributes),
    transferSyntax: attributes.transferSyntax,
    bitsAllocated: header.bitsAllocated,
    bitsStored: header.bitsStored,
    photometric: header.photometric,
    exifOrientation: null,
  };
}
