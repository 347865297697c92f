/**
 * Lossless JPEG of one grey channel, as plates' readers and archives write it: each sample as its
 * difference to the one on its left (ITU-T T.81 annex H, selection value 1; DICOM's
 * 1.2.840.10008.1.2.4.70).
 *
 * Not from dcmjs-codecs, which encodes it too: that loads asynchronously in each thread, and a file
 * by the encoder that belongs to the reader's own decoder would say little about the reader.
 */

/**
 * Bits of the code for each size of difference, 0 to 16: the typical code of T.81's table K.3,
 * continued. A phantom's plate takes 2 to 5 % more bytes by it than the entropy of these sizes asks.
 */
const CODE_LENGTHS = [2, 3, 3, 3, 3, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14] as const;
const CODES = canonicalCodes(CODE_LENGTHS);
/** A code and the difference behind it have 28 bits at most, and each byte may be followed by a 0. */
const MOST_BYTES = 8;

/** The stream of `samples`, row after row in rows of `width`, of up to 16 bits each. */
export function encodeLosslessJpeg(samples: Uint16Array, width: number, bits: number): Uint8Array {
  const head = headerSegments(width, samples.length / width, bits);
  let stream = new Uint8Array(head.length + 2 * samples.length);
  stream.set(head);
  let end = head.length;
  // Bits that wait for their byte to be full, fewer than 8 of them between two samples.
  let waiting = 0;
  let waitingBits = 0;
  const put = (value: number, length: number) => {
    waiting = (waiting << length) | value;
    waitingBits += length;
    while (waitingBits >= 8) {
      waitingBits -= 8;
      const byte = (waiting >>> waitingBits) & 0xff;
      stream[end++] = byte;
      if (byte === 0xff) end++;
    }
  };
  for (let start = 0; start < samples.length; start += width) {
    stream = withRoom(stream, end + MOST_BYTES * (width + 1));
    let predicted = start === 0 ? 2 ** (bits - 1) : samples[start - width];
    for (let i = start; i < start + width; i++) {
      // Modulo 2^16, so that 16 bits are enough.
      const difference = ((samples[i] - predicted) << 16) >> 16;
      const size = 32 - Math.clz32(Math.abs(difference));
      put(CODES[size], CODE_LENGTHS[size]);
      // A negative difference goes as its ones' complement, and the largest without further bits.
      if (size < 16) put((difference < 0 ? difference - 1 : difference) & ((1 << size) - 1), size);
      predicted = samples[i];
    }
  }
  if (waitingBits > 0) put((1 << (8 - waitingBits)) - 1, 8 - waitingBits);
  stream = withRoom(stream, end + 2);
  stream.set([0xff, 0xd9], end);
  return stream.slice(0, end + 2);
}

function withRoom(bytes: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  if (bytes.length >= length) return bytes;
  const larger = new Uint8Array(Math.max(length, 2 * bytes.length));
  larger.set(bytes);
  return larger;
}

/** What stands before the samples: start of image, code table, frame and scan (T.81 annex B). */
function headerSegments(width: number, height: number, bits: number): Uint8Array {
  const two = (value: number) => [value >> 8, value & 0xff];
  const counts = Array.from(
    { length: 16 },
    (_, i) => CODE_LENGTHS.filter((length) => length === i + 1).length,
  );
  const segment = (marker: number, ...content: number[]) => [
    ...[0xff, marker],
    ...two(content.length + 2),
    ...content,
  ];
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xc4, 0, ...counts, ...CODE_LENGTHS.keys()),
    ...segment(0xc3, bits, ...two(height), ...two(width), 1, 1, 0x11, 0),
    ...segment(0xda, 1, 1, 0, 1, 0, 0),
  ]);
}

/** T.81 annex C: codes of one length count up, and the next length goes on from there. */
function canonicalCodes(lengths: readonly number[]): readonly number[] {
  let [code, previous] = [0, lengths[0]];
  return lengths.map((length) => {
    code <<= length - previous;
    previous = length;
    return code++;
  });
}
