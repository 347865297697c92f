/**
 * A DICOM file to a radiograph.
 */
import { DataError } from "../errors.ts";
import { type Radiograph, valueRange } from "../radiograph.ts";
import { parseDataSet } from "./data-set.ts";
import { displayValues } from "./display.ts";
import { readPixelHeader } from "./header.ts";
import { readSide, readView } from "./projection.ts";
import { readStoredValues } from "./samples.ts";
import { readSpacing } from "./spacing.ts";
import { transferSyntax } from "./transfer-syntax.ts";

/**
 * The radiograph in a DICOM file's bytes. `where` (the file's name, say) begins the messages.
 *
 * Reads one frame of 8 or 16 bits in every transfer syntax of `transfer-syntax.ts`, grayscale or
 * colour as luminance. Throws DataError: `damaged`, `truncated`, `no-pixels` or `unsupported`.
 */
export async function readDicom(bytes: Uint8Array, where: string): Promise<Radiograph> {
  const attributes = parseDataSet(bytes, where);
  const syntax = transferSyntax(attributes.transferSyntax);
  if (syntax === undefined) {
    throw new DataError(
      "unsupported",
      `${where}: expected a transfer syntax for still images, got ${attributes.transferSyntax}; ` +
        "convert it, to Explicit VR Little Endian say",
    );
  }
  const header = readPixelHeader(attributes, where);
  const stored = await readStoredValues(attributes, header, syntax.encoding, where);
  const { pixels, display } = displayValues(stored, attributes, header, where);
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
    pixels,
    stored: valueRange(stored),
    displayed: valueRange(pixels),
    display,
  };
}
