/**
 * Lossless JPEG of one grey channel to its samples (ITU-T T.81 annex H; DICOM's 1.2.840.10008.1.2.4.57 and .70):
 * each is the difference to a prediction from its neighbours. It runs in a browser, where `codecs.ts` does not.
 */
import { DataError } from "../errors.ts";

const [TABLES, FRAME, SCAN, RESTARTS] = [0xc4, 0xc3, 0xda, 0xdd];
const LONGEST_CODE = 16;

interface Scan {
  readonly width: number;
  readonly height: number;
  readonly precision: number;
  /** For every 16 bits the size that their code means, and 32 times the code's length; 0 without a code. */
  readonly codes: Uint16Array;
  /** 1 to 7: which neighbours predict. */
  readonly predictor: number;
  /** Bits by which samples were shifted before they were encoded. */
  readonly shift: number;
  /** Lines between restarts; 0 for none. */
  readonly restartLines: number;
  /** Where the entropy-coded bytes begin. */
  readonly start: number;
}

/**
 * The samples, row after row.
 *
 * @throws DataError `unsupported` for a stream of several channels or another process, `damaged` and
 *   `truncated`, beginning with `where`.
 */
export function decodeLosslessJpeg(stream: Uint8Array, where: string): Uint16Array {
  const scan = readHeaders(stream, where);
  const { width, height, precision, shift, restartLines } = scan;
  const read = differences(stream, scan, where);
  const samples = new Uint16Array(width * height);
  const first = 2 ** (precision - shift - 1);
  for (let y = 0; y < height; y++) {
    const isRestart = restartLines > 0 && y > 0 && y % restartLines === 0;
    if (isRestart) read.restart();
    const isFirst = y === 0 || isRestart;
    const start = y * width;
    for (let x = 0; x < width; x++) {
      const at = start + x;
      const predicted =
        x === 0
          ? isFirst
            ? first
            : samples[at - width]
          : isFirst
            ? samples[at - 1]
            : prediction(
                scan.predictor,
                samples[at - 1],
                samples[at - width],
                samples[at - width - 1],
              );
      // Modulo 2^16, as the array keeps it.
      samples[at] = predicted + read.next();
    }
  }
  if (shift > 0) for (let i = 0; i < samples.length; i++) samples[i] <<= shift;
  return samples;
}

/** From the samples on the left, above, and above on the left. */
function prediction(selection: number, left: number, above: number, corner: number): number {
  switch (selection) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return corner;
    case 4:
      return left + above - corner;
    case 5:
      return left + ((above - corner) >> 1);
    case 6:
      return above + ((left - corner) >> 1);
    default:
      return (left + above) >> 1;
  }
}

/** All that stands before the entropy-coded bytes (T.81 annex B). */
function readHeaders(stream: Uint8Array, where: string): Scan {
  const damaged = (what: string) =>
    new DataError("damaged", `${where}: expected a lossless JPEG stream, got ${what}`);
  const two = (at: number) => (stream[at] << 8) | stream[at + 1];
  const tables = new Map<number, Uint16Array>();
  let frame: Pick<Scan, "width" | "height" | "precision"> | null = null;
  let restartSamples = 0;
  let position = 2;
  while (position + 4 <= stream.length) {
    if (stream[position] !== 0xff) throw damaged(`no marker at byte ${position}`);
    const marker = stream[position + 1];
    // Bytes that fill up.
    if (marker === 0xff) {
      position++;
      continue;
    }
    const start = position + 4;
    const end = position + 2 + two(position + 2);
    if (end > stream.length || end < start) throw damaged("a segment that is cut");
    if (marker === TABLES) readTables(stream.subarray(start, end), tables);
    else if (marker === RESTARTS) restartSamples = two(start);
    else if (marker === FRAME) {
      frame = { precision: stream[start], height: two(start + 1), width: two(start + 3) };
      if (stream[start + 5] !== 1) throw unsupported(`${stream[start + 5]} channels`, where);
    } else if (marker === SCAN) {
      const codes = tables.get(stream[start + 2] >> 4);
      if (frame === null || codes === undefined) throw damaged("a scan before its frame and table");
      const { width, precision } = frame;
      const predictor = stream[start + 3];
      const shift = stream[start + 5] & 0x0f;
      const isOdd = restartSamples % width !== 0 || predictor < 1 || predictor > 7;
      if (isOdd || shift >= precision || precision < 2 || precision > 16) {
        throw damaged("a scan whose prediction contradicts itself");
      }
      const restartLines = restartSamples / width;
      return { ...frame, codes, predictor, shift, restartLines, start: end };
    } else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8 && marker !== 0xcc) {
      throw unsupported(`the process of marker ${marker.toString(16)}`, where);
    }
    position = end;
  }
  throw damaged("a stream without a scan");
}

function unsupported(what: string, where: string): DataError {
  return new DataError(
    "unsupported",
    `${where}: expected lossless JPEG of one channel by Huffman's codes, got ${what}`,
  );
}

/** Huffman's tables of one segment by their number (T.81 annex C). */
function readTables(segment: Uint8Array, tables: Map<number, Uint16Array>): void {
  let position = 0;
  while (position + 17 <= segment.length) {
    const codes = new Uint16Array(2 ** LONGEST_CODE);
    const number = segment[position] & 0x0f;
    let symbol = position + 17;
    let code = 0;
    for (let length = 1; length <= LONGEST_CODE; length++) {
      const rest = LONGEST_CODE - length;
      for (let i = 0; i < segment[position + length]; i++) {
        const size = segment[symbol++];
        if (size <= 16) codes.fill(32 * length + size, code << rest, (code + 1) << rest);
        code++;
      }
      code <<= 1;
    }
    tables.set(number, codes);
    position = symbol;
  }
}

/** The differences one after the other: a code for the number of bits, and these (T.81 F.2.2). */
function differences(stream: Uint8Array, { codes, start }: Scan, where: string) {
  let position = start;
  let bits = 0;
  let count = 0;
  // Beyond the end zeros are read: a code may be shorter than what is looked at for it.
  let beyond = 0;
  const fill = () => {
    while (count <= 24) {
      let byte = 0;
      if (position < stream.length && !(stream[position] === 0xff && stream[position + 1] !== 0)) {
        byte = stream[position];
        position += byte === 0xff ? 2 : 1;
      } else {
        beyond++;
      }
      bits = (bits << 8) | byte;
      count += 8;
    }
    if (8 * beyond > count) {
      throw new DataError(
        "truncated",
        `${where}: expected more of a lossless JPEG stream; it was cut: export the file again`,
      );
    }
  };
  return {
    next(): number {
      if (count < 32) fill();
      const found = codes[(bits >>> (count - 16)) & 0xffff];
      const size = found & 31;
      if (found === 0) {
        throw new DataError("damaged", `${where}: expected a code of lossless JPEG, got none`);
      }
      count -= found >> 5;
      // The largest stands without further bits.
      if (size === 16) return 32_768;
      if (size === 0) return 0;
      if (count < 16) fill();
      count -= size;
      const value = (bits >>> count) & ((1 << size) - 1);
      // Negative ones are written as their ones' complement.
      return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
    },
    /** Behind a marker of restart, at a whole byte. */
    restart(): void {
      [bits, count, beyond] = [0, 0, 0];
      const isMarker = stream[position] === 0xff && (stream[position + 1] & 0xf8) === 0xd0;
      if (!isMarker) {
        throw new DataError("damaged", `${where}: expected a restart of lossless JPEG, got none`);
      }
      position += 2;
    },
  };
}
