/**
 * The bytes of a frame to numbers: one stored value a pixel, or the luminance of colour; of uncompressed frames,
 * of RLE, and of what a decoder returned. It runs in a browser, too.
 */
import { DataError } from "../errors.ts";
import { luminance } from "../radiograph.ts";
import type { Attributes } from "./attributes.ts";
import type { PixelHeader } from "./header.ts";
import { encapsulatedBytes, nativeBytes } from "./pixel-data.ts";
import { decodeRle } from "./rle.ts";

export type StoredValues = Uint8Array | Uint16Array | Int16Array | Float32Array;

export type PlainEncoding = "native" | "rle";

/**
 * The `rows * columns` stored values of a radiograph, row-major. Colour comes as luminance in the unit of
 * its samples.
 *
 * @throws DataError `truncated`, `damaged` or `unsupported`.
 */
export function plainStoredValues(
  attributes: Attributes,
  header: PixelHeader,
  encoding: PlainEncoding,
  where: string,
): StoredValues {
  const { samplesPerPixel, bitsAllocated } = header;
  const pixelCount = header.rows * header.columns;
  const bytesPerSample = bitsAllocated / 8;
  if (encoding === "rle") {
    const stream = encapsulatedBytes(attributes, encoding, where);
    const bytes = decodeRle(stream, { pixelCount, samplesPerPixel, bytesPerSample }, where);
    return toStoredValues(toSamples(bytes, header), header, false);
  }
  if (header.photometric === "YBR_FULL_422") {
    throw new DataError(
      "unsupported",
      `${where}: expected whole colour, got uncompressed YBR_FULL_422`,
    );
  }
  const length = pixelCount * samplesPerPixel * bytesPerSample;
  const bytes = nativeFrame(attributes, header, length, where);
  return toStoredValues(toSamples(bytes, header), header, header.planar);
}

/** A frame that was a compressed stream. */
export interface DecodedFrame {
  /** Little endian, in 8 or 16 bits as the header allocates them; colour pixel after pixel as RGB. */
  readonly bytes: Uint8Array;
  /** Bits of a sample in the stream. */
  readonly precision: number;
}

/** The stored values in what a decoder returned. */
export function codestreamValues(
  { bytes, precision }: DecodedFrame,
  lossless: boolean,
  header: PixelHeader,
): StoredValues {
  // A lossless stream of more bits than those stored holds what lies beside them, too.
  const samples =
    lossless && precision > header.bitsStored && precision > header.highBit
      ? toSamples(bytes, header)
      : decodedSamples(bytes, header);
  return header.samplesPerPixel === 1
    ? samples
    : luminance(samples, header.rows * header.columns, header.samplesPerPixel);
}

/**
 * What a decoder returned: sign-extended, or clipped to the bits stored, which the picture of a
 * lossy stream may overshoot by a little (masked, its brightest pixels would turn to zero).
 */
function decodedSamples(
  bytes: Uint8Array,
  header: PixelHeader,
): Uint8Array | Uint16Array | Int16Array {
  if (header.signed) return toSamples(bytes, { ...header, highBit: header.bitsStored - 1 });
  const raw = header.bitsAllocated === 8 ? bytes : words(bytes);
  const greatest = 2 ** header.bitsStored - 1;
  for (let i = 0; i < raw.length; i++) if (raw[i] > greatest) raw[i] = greatest;
  return raw;
}

/** Little endian: 16-bit words are swapped; so are pairs of bytes that were written as words. */
function nativeFrame(
  attributes: Attributes,
  header: PixelHeader,
  length: number,
  where: string,
): Uint8Array {
  const isWords = header.bitsAllocated === 16 || attributes.element("x7fe00010")?.vr !== "OB";
  if (!attributes.writing.bigEndian || !isWords) return nativeBytes(attributes, length, where);
  // The last pixel of an odd number stands in the low byte of its word, behind the other.
  const words = nativeBytes(attributes, length + (length % 2), where);
  const swapped = new Uint8Array(words.length);
  for (let i = 0; i < words.length; i += 2) {
    swapped[i] = words[i + 1];
    swapped[i + 1] = words[i];
  }
  return swapped.subarray(0, length);
}

/**
 * Bits `highBit + 1 - bitsStored` to `highBit` of every sample, sign-extended where signed: what
 * lies outside of them may be overlays (PS3.5 section 8.1.1).
 */
function toSamples(bytes: Uint8Array, header: PixelHeader): Uint8Array | Uint16Array | Int16Array {
  const { bitsAllocated, bitsStored, highBit, signed } = header;
  const up = 31 - highBit;
  const down = 32 - bitsStored;
  const isWhole = !signed && bitsStored === bitsAllocated;
  if (bitsAllocated === 8) {
    if (isWhole) return bytes;
    return signed
      ? signedBits(bytes, new Int16Array(bytes.length), up, down)
      : unsignedBits(bytes, new Uint16Array(bytes.length), up, down);
  }
  // In place: the words are a copy already.
  const raw = words(bytes);
  if (isWhole) return raw;
  return signed
    ? signedBits(raw, new Int16Array(raw.buffer), up, down)
    : unsignedBits(raw, raw, up, down);
}

// A loop for each kind of result: one loop for both takes three times as long, `map` five times.
function signedBits(
  raw: Uint8Array | Uint16Array,
  into: Int16Array,
  up: number,
  down: number,
): Int16Array {
  for (let i = 0; i < raw.length; i++) into[i] = (raw[i] << up) >> down;
  return into;
}

function unsignedBits(
  raw: Uint8Array | Uint16Array,
  into: Uint16Array,
  up: number,
  down: number,
): Uint16Array {
  for (let i = 0; i < raw.length; i++) into[i] = (raw[i] << up) >>> down;
  return into;
}

function words(bytes: Uint8Array): Uint16Array {
  // Every machine that this runs on is little endian. The copy gives the alignment; it must
  // not be `slice`, which on a Buffer is a view of the whole file.
  return new Uint16Array(new Uint8Array(bytes).buffer);
}

function toStoredValues(
  samples: Uint8Array | Uint16Array | Int16Array,
  header: PixelHeader,
  planar: boolean,
): StoredValues {
  const pixelCount = header.rows * header.columns;
  if (header.samplesPerPixel === 1) return samples;
  if (header.photometric !== "RGB") {
    // The first component of YCbCr is the luminance.
    return planar
      ? samples.subarray(0, pixelCount)
      : samples.filter((_: number, i: number) => i % 3 === 0);
  }
  if (!planar) return luminance(samples, pixelCount, 3);
  const interleaved = new Float32Array(3 * pixelCount);
  for (let i = 0; i < interleaved.length; i++) {
    interleaved[i] = samples[(i % 3) * pixelCount + Math.floor(i / 3)];
  }
  return luminance(interleaved, pixelCount, 3);
}
