/**
 * The bytes of a decoded frame to numbers: one stored value a pixel, or the luminance of colour.
 */
import { DataError } from "../errors.ts";
import { luminance } from "../radiograph.ts";
import { decodeCodestream } from "./codecs.ts";
import { checkCodestream } from "./codestream.ts";
import { type Attributes, isBigEndian } from "./data-set.ts";
import type { PixelHeader } from "./header.ts";
import { encapsulatedBytes, nativeBytes } from "./pixel-data.ts";
import { decodeRle } from "./rle.ts";
import type { PixelEncoding } from "./transfer-syntax.ts";

export type StoredValues = Uint8Array | Uint16Array | Int16Array | Float32Array;

/**
 * The `rows * columns` stored values of a radiograph, row-major, of whatever encoding. Colour
 * comes as luminance in the unit of its samples.
 *
 * Throws DataError `truncated`, `damaged` or `unsupported`.
 */
export async function readStoredValues(
  attributes: Attributes,
  header: PixelHeader,
  encoding: PixelEncoding,
  where: string,
): Promise<StoredValues> {
  const frame = await readFrame(attributes, header, encoding, where);
  if (encoding === "native") {
    const bytes = littleEndian(frame, attributes, header);
    return toStoredValues(toSamples(bytes, header), header, header.planar);
  }
  if (encoding === "rle") return toStoredValues(toSamples(frame, header), header, false);
  const samples = decodedSamples(frame, header);
  return header.samplesPerPixel === 1
    ? samples
    : luminance(samples, header.rows * header.columns, header.samplesPerPixel);
}

/**
 * The bytes of the frame without their compression: everything that can be wrong with the pixels
 * is found here. Throws as `readStoredValues`.
 */
export async function readFrame(
  attributes: Attributes,
  header: PixelHeader,
  encoding: PixelEncoding,
  where: string,
): Promise<Uint8Array> {
  const { samplesPerPixel } = header;
  const pixelCount = header.rows * header.columns;
  const bytesPerSample = header.bitsAllocated / 8;
  const length = pixelCount * samplesPerPixel * bytesPerSample;
  if (encoding === "native") {
    if (header.photometric === "YBR_FULL_422") {
      throw new DataError(
        "unsupported",
        `${where}: expected whole colour, got uncompressed YBR_FULL_422`,
      );
    }
    return nativeBytes(attributes, length, where);
  }
  const stream = encapsulatedBytes(attributes, where);
  if (encoding === "rle") {
    return decodeRle(stream, { pixelCount, samplesPerPixel, bytesPerSample }, where);
  }
  checkCodestream(stream, encoding, header, where);
  const bytes = await decodeCodestream(stream, encoding, header, where);
  if (bytes.length !== length) {
    throw new DataError(
      "damaged",
      `${where}: expected ${length} bytes of decoded pixels, got ${bytes.length}`,
    );
  }
  return bytes;
}

/** 16-bit words are swapped; so are pairs of bytes that were written as words. */
function littleEndian(bytes: Uint8Array, attributes: Attributes, header: PixelHeader): Uint8Array {
  const isWords = header.bitsAllocated === 16 || attributes.element("x7fe00010")?.vr === "OW";
  if (!isBigEndian(attributes) || !isWords) return bytes;
  return Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2))).swap16();
}

/**
 * Bits `highBit + 1 - bitsStored` to `highBit` of every sample, sign-extended where signed: what
 * lies outside of them may be overlays (PS3.5 section 8.1.1).
 */
function toSamples(bytes: Uint8Array, header: PixelHeader): Uint8Array | Uint16Array | Int16Array {
  const { bitsAllocated, bitsStored, highBit, signed } = header;
  const up = 31 - highBit;
  const down = 32 - bitsStored;
  const raw = bitsAllocated === 8 ? bytes : words(bytes);
  if (!signed && bitsStored === bitsAllocated) return raw;
  // A loop, for `map` with a function takes twice its time.
  const values = signed ? new Int16Array(raw.length) : new Uint16Array(raw.length);
  for (let i = 0; i < raw.length; i++) {
    const left = raw[i] << up;
    values[i] = signed ? left >> down : left >>> down;
  }
  return values;
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

function words(bytes: Uint8Array): Uint16Array {
  // Every machine that LibTorch runs on is little endian. The copy gives the alignment; it must
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
