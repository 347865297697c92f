/**
 * Files one after another as a tar archive (POSIX ustar), which every system unpacks. Names of up to
 * 100 characters and whatever size; owners and rights are left out, times are the files'.
 */

const BLOCK = 512;
const LARGEST_OCTAL = 8 ** 11 - 1;

/**
 * The block before a file's bytes.
 *
 * @throws RangeError for a name that is too long.
 */
export function tarHeader(name: string, sizeBytes: number, modified: Date): Buffer {
  const header = Buffer.alloc(BLOCK);
  const written = Buffer.from(name);
  if (written.length > 100) {
    throw new RangeError(`${name}: expected a name of at most 100 bytes, got ${written.length}`);
  }
  written.copy(header);
  header.write("0000600\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  writeNumber(header, 124, sizeBytes);
  writeNumber(header, 136, Math.floor(modified.getTime() / 1000));
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\0", 257);
  header.write("00", 263);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** What follows a file's bytes, to the next block. */
export function tarPadding(sizeBytes: number): Buffer {
  return Buffer.alloc((BLOCK - (sizeBytes % BLOCK)) % BLOCK);
}

/** What ends an archive. */
export function tarEnd(): Buffer {
  return Buffer.alloc(2 * BLOCK);
}

/** Eleven octal digits, or GNU's binary form for what they cannot hold. */
function writeNumber(header: Buffer, at: number, value: number): void {
  if (value <= LARGEST_OCTAL) {
    header.write(`${value.toString(8).padStart(11, "0")}\0`, at);
    return;
  }
  header[at] = 0x80;
  header.writeBigUInt64BE(BigInt(value), at + 4);
}
