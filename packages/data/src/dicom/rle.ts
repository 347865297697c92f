/**
 * DICOM's RLE (PS3.5 annex G): PackBits over byte planes. A frame is a header of 16 numbers
 * (the count of segments and their offsets) and a segment for each byte of each sample, the
 * high bytes first.
 */
import { DataError } from "../errors.ts";

/**
 * The planes of a frame: `segments` arrays of `pixelCount` bytes.
 *
 * @throws DataError `damaged` where the count differs, `truncated` where a segment ends before its
 *   plane is full.
 */
export function decodeRlePlanes(
  encoded: Uint8Array,
  segments: number,
  pixelCount: number,
  where: string,
): Uint8Array[] {
  if (encoded.length < 64) {
    throw new DataError(
      "truncated",
      `${where}: expected an RLE header of 64 bytes, got ${encoded.length}`,
    );
  }
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const count = view.getUint32(0, true);
  if (count !== segments) {
    throw new DataError("damaged", `${where}: expected ${segments} RLE segments, got ${count}`);
  }
  return Array.from({ length: segments }, (_, i) => {
    const start = view.getUint32(4 + 4 * i, true);
    const end = i + 1 < segments ? view.getUint32(8 + 4 * i, true) : encoded.length;
    return decodePackBits(encoded.subarray(start, end), pixelCount, where);
  });
}

/**
 * RLE to the bytes of a native frame, little endian; colour pixel after pixel.
 */
export function decodeRle(
  encoded: Uint8Array,
  layout: { pixelCount: number; samplesPerPixel: number; bytesPerSample: number },
  where: string,
): Uint8Array {
  const { pixelCount, samplesPerPixel, bytesPerSample } = layout;
  const stride = samplesPerPixel * bytesPerSample;
  const planes = decodeRlePlanes(encoded, stride, pixelCount, where);
  const frame = new Uint8Array(pixelCount * stride);
  planes.forEach((plane, i) => {
    const sample = Math.floor(i / bytesPerSample);
    const byte = bytesPerSample - 1 - (i % bytesPerSample);
    let position = sample * bytesPerSample + byte;
    for (let pixel = 0; pixel < pixelCount; pixel++) {
      frame[position] = plane[pixel];
      position += stride;
    }
  });
  return frame;
}

function decodePackBits(packed: Uint8Array, length: number, where: string): Uint8Array {
  const plane = new Uint8Array(length);
  let [read, written] = [0, 0];
  while (written < length) {
    if (read + 1 >= packed.length) {
      throw new DataError(
        "truncated",
        `${where}: expected ${length} bytes from an RLE segment, got ${written}; the file is cut or damaged`,
      );
    }
    const control = packed[read++];
    if (control < 128) {
      const end = Math.min(read + control + 1, packed.length);
      const literal = packed.subarray(read, Math.min(end, read + length - written));
      plane.set(literal, written);
      written += literal.length;
      read = end;
    } else if (control > 128) {
      const run = Math.min(257 - control, length - written);
      plane.fill(packed[read++], written, written + run);
      written += run;
    }
  }
  return plane;
}
