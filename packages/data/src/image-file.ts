/**
 * JPEG and PNG files to radiographs, through sharp: 8 and 16 bits, never rotated.
 */

import { causeText } from "@malleolus/errors";
import type { Metadata, SharpOptions } from "sharp";
import sharp from "sharp";
import { DataError } from "./errors.ts";
import { luminance, type Radiograph, valueRange } from "./radiograph.ts";
import { countValues, rangeOf } from "./value-counts.ts";

/** Whether bytes begin like a JPEG or a PNG. */
export function imageFormat(bytes: Uint8Array): "jpeg" | "png" | undefined {
  const begins = (...signature: number[]): boolean =>
    signature.every((byte, i) => bytes[i] === byte);
  if (begins(0xff, 0xd8, 0xff)) return "jpeg";
  if (begins(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "png";
  return undefined;
}

/**
 * The radiograph in the bytes of a JPEG or PNG file, colour as luminance. Values are shares of
 * the greatest sample (255 or 65,535); there are no millimetres. Its stored pixels count: an EXIF
 * orientation is reported and not applied, for annotations refer to the pixels as stored.
 *
 * A colour profile is not applied: it says how to show the values on a screen, and a network wants
 * them as they are, as other readers of annotated images give them.
 *
 * @throws DataError `damaged`, also where the file was cut, and `unsupported` for an image that is
 *   too large.
 */
export async function readImage(
  bytes: Uint8Array,
  format: "jpeg" | "png",
  where: string,
): Promise<Radiograph> {
  try {
    return await decode(bytes, format, where);
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError(
      "damaged",
      `${where}: expected a whole ${format.toUpperCase()} image, got one that cannot be decoded ` +
        `(${causeText(cause)}); it is cut or damaged: copy it again`,
      { cause },
    );
  }
}

/** More than any detector has; what a file claims must not ask for all the memory. */
const MAX_PIXELS = 2 ** 28;

async function decode(
  bytes: Uint8Array,
  format: "jpeg" | "png",
  where: string,
): Promise<Radiograph> {
  // "error" refuses a cut file, where the default of older versions filled it with grey; and it
  // lets pass what many cameras write and every viewer forgives.
  const options: SharpOptions = { failOn: "error", limitInputPixels: false };
  const metadata = await sharp(bytes, options).metadata();
  requireSize(metadata, where);
  // CMYK has no grey values of its own: there, the profile is what makes them.
  const image = sharp(bytes, { ...options, ignoreIcc: metadata.space !== "cmyk" });
  const is16Bit = metadata.depth === "ushort";
  const isGray = metadata.space === "b-w" || metadata.space === "grey16";
  // Without a space named, sharp makes sRGB of it: three channels, and 16 bits brought down to 8.
  if (isGray) image.toColourspace(is16Bit ? "grey16" : "b-w");
  else if (is16Bit) image.toColourspace("rgb16");
  const { data, info } = await image
    .raw({ depth: is16Bit ? "ushort" : "uchar" })
    .toBuffer({ resolveWithObject: true });
  const samples = is16Bit ? new Uint16Array(new Uint8Array(data).buffer) : data;
  const { width, height, channels } = info;
  const stored =
    channels >= 3 ? luminance(samples, width * height, channels) : firstOf(samples, channels);

  const high = is16Bit ? 65_535 : 255;
  // Ten times as fast as `Float32Array.from` with a function.
  const pixels = new Float32Array(stored.length);
  for (let i = 0; i < stored.length; i++) pixels[i] = stored[i] / high;
  return {
    format,
    width,
    height,
    modality: null,
    view: null,
    side: null,
    pixelSpacingMm: null,
    spacingSource: "none",
    transferSyntax: null,
    bitsAllocated: is16Bit ? 16 : 8,
    bitsStored: is16Bit ? 16 : 8,
    photometric: channels >= 3 ? "RGB" : "MONOCHROME2",
    exifOrientation: exifOrientation(metadata),
    pixels,
    ...rangesOf(stored, pixels, high),
    display: { kind: "full range", low: 0, high },
    notes: [],
  };
}

function rangesOf(
  stored: Uint8Array | Uint16Array | Float32Array,
  pixels: Float32Array,
  high: number,
): Pick<Radiograph, "stored" | "displayed"> {
  if (stored instanceof Float32Array) {
    return { stored: valueRange(stored), displayed: valueRange(pixels) };
  }
  const counted = countValues(stored);
  return {
    stored: rangeOf(counted, (value) => value),
    displayed: rangeOf(counted, (value) => Math.fround(value / high)),
  };
}

function requireSize({ width, height }: Metadata, where: string): void {
  if (width * height <= MAX_PIXELS) return;
  throw new DataError(
    "unsupported",
    `${where}: expected at most ${MAX_PIXELS} pixels, got ${width} x ${height}, ` +
      `${Math.round((width * height) / 1e6)} million; make it smaller, or cut out the radiograph`,
  );
}

/** The grey values, without a second channel (alpha). */
function firstOf(samples: Uint8Array | Uint16Array, channels: number): Uint8Array | Uint16Array {
  return channels === 1 ? samples : samples.filter((_: number, i: number) => i % channels === 0);
}

/** Null if there is nothing to apply. */
export function exifOrientation(metadata: Metadata): number | null {
  const { orientation } = metadata;
  return orientation !== undefined && orientation > 1 ? orientation : null;
}
