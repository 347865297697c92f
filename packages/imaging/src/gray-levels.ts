/**
 * Grey levels on their way from a server to a screen: every level exactly as it is, in a form that general
 * compression makes small. Each level is predicted from its neighbours by the median predictor of LOCO-I
 * (JPEG-LS, ISO 14495-1, section A.4.1); what is left over is near zero, so that nearly all of its high
 * bytes are zero, and they stand together behind the low ones.
 *
 * Not here: the compression itself (HTTP's), and how a radiograph becomes levels.
 */
import { ImagingError } from "./errors.ts";

export interface LevelImage {
  readonly width: number;
  readonly height: number;
  /** `height * width`, row-major; 0 is black, bones are bright. */
  readonly levels: Uint16Array;
  /** The greatest level that there could be. */
  readonly top: number;
  /** Levels that are shown black and white at first. */
  readonly window: { readonly low: number; readonly high: number };
}

const MAGIC = 0x31524c4d; // "MLR1", little endian
const HEADER_BYTES = 24;

/** A header of 24 bytes, then the low bytes of what is left over, then the high bytes. */
export function encodeLevels(image: LevelImage): Uint8Array<ArrayBuffer> {
  const { width, height, levels, top, window } = image;
  const count = width * height;
  const bytes = new Uint8Array(HEADER_BYTES + 2 * count);
  const header = new DataView(bytes.buffer);
  header.setUint32(0, MAGIC, true);
  header.setUint32(4, width, true);
  header.setUint32(8, height, true);
  header.setUint16(12, top, true);
  header.setFloat32(16, window.low, true);
  header.setFloat32(20, window.high, true);
  const low = bytes.subarray(HEADER_BYTES, HEADER_BYTES + count);
  const high = bytes.subarray(HEADER_BYTES + count);
  for (let y = 0; y < height; y++) {
    let left = 0;
    let corner = 0;
    for (let at = y * width; at < (y + 1) * width; at++) {
      const above = y === 0 ? left : levels[at - width];
      const isFirst = at === y * width;
      const predicted = isFirst ? above : predict(left, above, y === 0 ? left : corner);
      const difference = ((levels[at] - predicted) << 16) >> 16;
      // Small differences of either sign become small numbers.
      const over = (difference << 1) ^ (difference >> 15);
      low[at] = over;
      high[at] = over >> 8;
      left = levels[at];
      corner = above;
    }
  }
  return bytes;
}

/** @throws ImagingError `input` for bytes that `encodeLevels` did not write. */
export function decodeLevels(bytes: Uint8Array): LevelImage {
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isOurs = bytes.length >= HEADER_BYTES && header.getUint32(0, true) === MAGIC;
  const width = isOurs ? header.getUint32(4, true) : 0;
  const height = isOurs ? header.getUint32(8, true) : 0;
  const count = width * height;
  if (count === 0 || bytes.length !== HEADER_BYTES + 2 * count) {
    throw new ImagingError(
      "input",
      `decodeLevels: expected a header and ${2 * count} bytes behind it, got ${bytes.length} bytes; load it again`,
    );
  }
  const low = bytes.subarray(HEADER_BYTES, HEADER_BYTES + count);
  const high = bytes.subarray(HEADER_BYTES + count);
  const levels = new Uint16Array(count);
  for (let y = 0; y < height; y++) {
    let left = 0;
    let corner = 0;
    for (let at = y * width; at < (y + 1) * width; at++) {
      const above = y === 0 ? left : levels[at - width];
      const isFirst = at === y * width;
      const predicted = isFirst ? above : predict(left, above, y === 0 ? left : corner);
      const over = low[at] | (high[at] << 8);
      left = (predicted + ((over >>> 1) ^ -(over & 1))) & 0xffff;
      levels[at] = left;
      corner = above;
    }
  }
  return {
    width,
    height,
    levels,
    top: header.getUint16(12, true),
    window: { low: header.getFloat32(16, true), high: header.getFloat32(20, true) },
  };
}

/** Half as wide and high, rounded up: each level the mean of its up to four, rounded. */
export function halveLevels(image: LevelImage): LevelImage {
  const width = Math.ceil(image.width / 2);
  const height = Math.ceil(image.height / 2);
  const levels = new Uint16Array(width * height);
  for (let y = 0; y < height; y++) {
    const above = 2 * y * image.width;
    const below = Math.min(2 * y + 1, image.height - 1) * image.width;
    for (let x = 0; x < width; x++) {
      const left = 2 * x;
      const right = Math.min(left + 1, image.width - 1);
      const sum =
        image.levels[above + left] +
        image.levels[above + right] +
        image.levels[below + left] +
        image.levels[below + right];
      levels[y * width + x] = (sum + 2) >> 2;
    }
  }
  return { ...image, width, height, levels };
}

/**
 * The median of left, above, and what the plane through all three says. In the first row, where all are the
 * left one, it is that one; the first of a row takes the one above without asking.
 */
function predict(left: number, above: number, corner: number): number {
  const least = left < above ? left : above;
  const greatest = left < above ? above : left;
  if (corner >= greatest) return least;
  if (corner <= least) return greatest;
  return left + above - corner;
}
