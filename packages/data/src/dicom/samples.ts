/**
 * The bytes of a frame of whatever encoding to numbers: one stored value a pixel, or the luminance of colour.
 * What JavaScript alone unpacks is in `plain-samples.ts`.
 */
import { DataError } from "../errors.ts";
import type { Attributes } from "./attributes.ts";
import { type Codec, decodeCodestream } from "./codecs.ts";
import { bareCodestream, checkCodestream } from "./codestream.ts";
import type { PixelHeader } from "./header.ts";
import { encapsulatedBytes } from "./pixel-data.ts";
import {
  codestreamValues,
  type DecodedFrame,
  plainStoredValues,
  type StoredValues,
} from "./plain-samples.ts";
import type { TransferSyntax } from "./transfer-syntax.ts";

/**
 * The `rows * columns` stored values of a radiograph, row-major, of whatever encoding. Colour
 * comes as luminance in the unit of its samples.
 *
 * @throws DataError `truncated`, `damaged` or `unsupported`.
 */
export async function readStoredValues(
  attributes: Attributes,
  header: PixelHeader,
  { encoding, lossless }: TransferSyntax,
  where: string,
): Promise<StoredValues> {
  if (encoding === "native" || encoding === "rle") {
    return plainStoredValues(attributes, header, encoding, where);
  }
  return codestreamValues(await decodeFrame(attributes, header, encoding, where), lossless, header);
}

/** @throws as `readStoredValues`. */
async function decodeFrame(
  attributes: Attributes,
  header: PixelHeader,
  encoding: Codec,
  where: string,
): Promise<DecodedFrame> {
  const stream = encapsulatedBytes(attributes, encoding, where);
  const isJpeg2000 = encoding === "jpeg-2000" || encoding === "htj2k";
  const codestream = isJpeg2000 ? bareCodestream(stream) : stream;
  const precision = checkCodestream(codestream, encoding, header, where);
  const bytes = await decodeCodestream(codestream, encoding, header, where);
  const { rows, columns, samplesPerPixel, bitsAllocated } = header;
  const length = (rows * columns * samplesPerPixel * bitsAllocated) / 8;
  if (bytes.length !== length) {
    throw new DataError(
      "damaged",
      `${where}: expected ${length} bytes of decoded pixels, got ${bytes.length}`,
    );
  }
  return { bytes, precision };
}
