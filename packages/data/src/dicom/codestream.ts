/**
 * A compressed stream's own header, before any decoder is asked: its size, and whether its end is
 * there. Decoders fill a cut picture with grey, or ask for the memory of a damaged size; both are
 * caught here.
 */
import { DataError } from "../errors.ts";
import type { PixelHeader } from "./header.ts";
import { joinBytes } from "./join-bytes.ts";

const START_OF_SCAN = 0xda;
/** Of JPEG, and the end of a codestream of JPEG 2000. */
const END_OF_IMAGE = 0xd9;

interface FrameSize {
  readonly columns: number;
  readonly rows: number;
  readonly components: number;
  /** Bits of a sample. */
  readonly precision: number;
}

/**
 * Checks a JPEG, JPEG-LS or JPEG 2000 stream against the DICOM header; returns the stream's bits
 * a sample.
 *
 * @throws DataError `damaged` where they disagree, `truncated` where a JPEG has no end.
 */
export function checkCodestream(
  stream: Uint8Array,
  encoding: "jpeg" | "jpeg-ls" | "jpeg-2000" | "htj2k",
  header: PixelHeader,
  where: string,
): number {
  const isJpeg = encoding === "jpeg" || encoding === "jpeg-ls";
  const size = isJpeg ? jpegFrameSize(stream) : jpeg2000FrameSize(stream);
  if (size === null) {
    throw new DataError("damaged", `${where}: expected a ${encoding} stream, got something else`);
  }
  const { rows, columns, samplesPerPixel } = header;
  if (size.columns !== columns || size.rows !== rows || size.components !== samplesPerPixel) {
    throw new DataError(
      "damaged",
      `${where}: expected ${columns} x ${rows} pixels of ${samplesPerPixel} samples as the header ` +
        `says, got a ${encoding} stream of ${size.columns} x ${size.rows} of ${size.components}`,
    );
  }
  if (size.precision > header.bitsAllocated) {
    throw new DataError(
      "damaged",
      `${where}: expected at most ${header.bitsAllocated} bits a sample, got a ${encoding} stream of ${size.precision}`,
    );
  }
  if (isJpeg && !hasEndMarker(stream)) {
    throw new DataError(
      "truncated",
      `${where}: expected an end-of-image marker, got none; the ${encoding} stream was cut: export the file again`,
    );
  }
  return size.precision;
}

/** Of the first frame header (SOF0 to SOF15, or JPEG-LS's SOF55). ITU-T T.81 B.2.2. */
function jpegFrameSize(stream: Uint8Array): FrameSize | null {
  if (stream[0] !== 0xff || stream[1] !== 0xd8) return null;
  let position = 2;
  while (position + 9 < stream.length && stream[position] === 0xff) {
    const marker = stream[position + 1];
    if (marker === 0xff) {
      position += 1;
      continue;
    }
    const isTable = marker === 0xc4 || marker === 0xc8 || marker === 0xcc;
    if ((marker >= 0xc0 && marker <= 0xcf && !isTable) || marker === 0xf7) {
      return {
        precision: stream[position + 4],
        rows: (stream[position + 5] << 8) | stream[position + 6],
        columns: (stream[position + 7] << 8) | stream[position + 8],
        components: stream[position + 9],
      };
    }
    position += 2 + ((stream[position + 2] << 8) | stream[position + 3]);
  }
  return null;
}

/**
 * Of the SIZ segment, the first of a codestream; without columns or rows where its tiles do not cover
 * the image, which OpenJPH takes for an endless row of tiles. ITU-T T.800 A.5.1 and B.3.
 */
function jpeg2000FrameSize(stream: Uint8Array): FrameSize | null {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  if (stream.length < 43 || view.getUint32(0) !== 0xff4fff51) return null;
  const components = view.getUint16(40);
  if (stream.length < 42 + 3 * components) return null;
  const [columns, rows] = [0, 4].map((axis) => {
    const [end, start] = [view.getUint32(8 + axis), view.getUint32(16 + axis)];
    const [tile, tileStart] = [view.getUint32(24 + axis), view.getUint32(32 + axis)];
    const isCovered = tile > 0 && tileStart <= start && tileStart + tile > start;
    // 65,535 tiles is the most that a codestream can number.
    return isCovered && (end - tileStart) / tile <= 65_535 ? end - start : 0;
  });
  const precisions = Array.from({ length: components }, (_, i) => (stream[42 + 3 * i] & 0x7f) + 1);
  return { columns, rows, components, precision: Math.max(...precisions) };
}

/**
 * Whether EOI stands behind a scan's header. Within a scan its bytes never occur, and what follows it
 * is padding of whatever kind.
 */
function hasEndMarker(stream: Uint8Array): boolean {
  const scan = markerAt(stream, START_OF_SCAN, 0);
  if (scan < 0) return false;
  let end = stream.lastIndexOf(0xff);
  while (end > scan && stream[end + 1] !== END_OF_IMAGE) end = stream.lastIndexOf(0xff, end - 1);
  return end > scan;
}

/** Where 0xff and a byte stand first from a place on; -1 where they do not. */
function markerAt(bytes: Uint8Array, marker: number, from: number): number {
  let at = bytes.indexOf(0xff, from);
  while (at >= 0 && bytes[at + 1] !== marker) at = bytes.indexOf(0xff, at + 1);
  return at;
}

const JP2_SIGNATURE = 0x6a502020;
const CODESTREAM_BOX = 0x6a703263;

/**
 * The codestream in JPEG 2000 data: of a JP2 file, which should not stand there, the box that holds it
 * (ITU-T T.800 annex I); and with its end, where that was left away.
 */
export function bareCodestream(stream: Uint8Array): Uint8Array {
  const codestream = unboxed(stream);
  // Padding may follow the end; in the packets of a tile its bytes never occur.
  const tail = Math.max(0, codestream.length - PADDING);
  const hasEnd = markerAt(codestream, END_OF_IMAGE, tail) >= 0;
  return hasEnd ? codestream : joinBytes([codestream, Uint8Array.of(0xff, END_OF_IMAGE)]);
}

const PADDING = 64;

function unboxed(stream: Uint8Array): Uint8Array {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  if (stream.length < 12 || view.getUint32(4) !== JP2_SIGNATURE) return stream;
  for (let position = 0; position + 8 <= stream.length; ) {
    const [size, kind] = [view.getUint32(position), view.getUint32(position + 4)];
    // 1: the size follows in 64 bits. 0: the box goes to the end.
    const isLarge = size === 1 && position + 16 <= stream.length;
    const length = isLarge ? Number(view.getBigUint64(position + 8)) : size;
    const end = length === 0 ? stream.length : position + length;
    const start = position + (isLarge ? 16 : 8);
    if (kind === CODESTREAM_BOX) return stream.subarray(start, Math.min(end, stream.length));
    if (end < start) return stream;
    position = end;
  }
  return stream;
}
