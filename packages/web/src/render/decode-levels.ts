/**
 * A radiograph as the server sends it, back to grey values: a header of 24 bytes, then low and high
 * bytes of what a median predictor got wrong, little endian.
 *
 * fetch has undone the content encoding. Throws an Error where the bytes are not such a radiograph.
 */
export interface DecodedRadiograph {
  readonly width: number;
  readonly height: number;
  /** The greatest value that there can be. */
  readonly top: number;
  /** Values shown as black and white by default. */
  readonly low: number;
  readonly high: number;
  readonly pixels: Uint16Array;
}

const MAGIC = 0x31_52_4c_4d; // "MLR1"
const HEADER_BYTES = 24;

export function decodeLevels(bytes: Uint8Array): DecodedRadiograph {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES || view.getUint32(0, true) !== MAGIC) {
    throw new Error(
      `radiograph: expected one that begins with MLR1, got ${bytes.length} other bytes; reload the page`,
    );
  }
  const width = view.getUint32(4, true);
  const height = view.getUint32(8, true);
  const size = width * height;
  if (bytes.length !== HEADER_BYTES + 2 * size) {
    throw new Error(
      `radiograph: expected ${HEADER_BYTES + 2 * size} bytes for ${width} x ${height} pixels, ` +
        `got ${bytes.length}; load it again`,
    );
  }
  const low = bytes.subarray(HEADER_BYTES, HEADER_BYTES + size);
  const high = bytes.subarray(HEADER_BYTES + size);
  const pixels = new Uint16Array(size);
  decodeFirstRow(pixels, low, high, width);
  for (let row = width; row < size; row += width) decodeRow(pixels, low, high, row, width);
  return {
    width,
    height,
    top: view.getUint16(12, true),
    low: view.getFloat32(16, true),
    high: view.getFloat32(20, true),
    pixels,
  };
}

function decodeFirstRow(
  pixels: Uint16Array,
  low: Uint8Array,
  high: Uint8Array,
  width: number,
): void {
  let left = 0;
  for (let i = 0; i < width; i++) {
    left = (left + difference(low[i] | (high[i] << 8))) & 0xffff;
    pixels[i] = left;
  }
}

/** The first pixel of a row is predicted by the one above, the others by three neighbours. */
function decodeRow(
  pixels: Uint16Array,
  low: Uint8Array,
  high: Uint8Array,
  row: number,
  width: number,
): void {
  let aboveLeft = pixels[row - width];
  let left = (aboveLeft + difference(low[row] | (high[row] << 8))) & 0xffff;
  pixels[row] = left;
  for (let i = row + 1; i < row + width; i++) {
    const above = pixels[i - width];
    const least = left < above ? left : above;
    const greatest = left < above ? above : left;
    let predicted = left + above - aboveLeft;
    if (aboveLeft >= greatest) predicted = least;
    else if (aboveLeft <= least) predicted = greatest;
    left = (predicted + difference(low[i] | (high[i] << 8))) & 0xffff;
    pixels[i] = left;
    aboveLeft = above;
  }
}

/** Even numbers are differences upwards, odd ones downwards. */
function difference(residual: number): number {
  return (residual >>> 1) ^ -(residual & 1);
}
