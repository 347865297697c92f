/**
 * The colour of JPEG streams that do not say theirs. A decoder then guesses YCbCr, where DICOM's
 * photometric interpretation says RGB, that is, that there is nothing to convert (PS3.5 section 8.2.1).
 */

const START_OF_SCAN = 0xda;
/** "Adobe", version 100, no flags, colour transform 0: the components are red, green and blue. */
const ADOBE_RGB = Buffer.from("ffee000e41646f626500640000000000", "hex");

/**
 * An RGB stream with Adobe's marker for it, where nothing in the stream itself tells its colours: JFIF
 * is always YCbCr, and Adobe's own marker counts.
 */
export function withoutColorTransform(stream: Uint8Array): Uint8Array {
  return saysItsColors(stream)
    ? stream
    : Buffer.concat([stream.subarray(0, 2), ADOBE_RGB, stream.subarray(2)]);
}

function saysItsColors(stream: Uint8Array): boolean {
  let position = 2;
  while (position + 9 < stream.length && stream[position] === 0xff) {
    const marker = stream[position + 1];
    if (marker === START_OF_SCAN) return false;
    if (marker === 0xff) {
      position += 1;
      continue;
    }
    const name = Buffer.from(stream.subarray(position + 4, position + 9)).toString("latin1");
    if ((marker === 0xe0 && name === "JFIF\0") || (marker === 0xee && name === "Adobe"))
      return true;
    position += 2 + ((stream[position + 2] << 8) | stream[position + 3]);
  }
  return false;
}
