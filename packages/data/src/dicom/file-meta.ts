/**
 * The file meta information (PS3.10 section 7.1), walked by the lengths of its elements; it is always
 * explicit and little endian, whatever the data set after it is.
 */
export interface FileMeta {
  readonly dataSetStart: number;
  /** Undefined where the file does not say it. */
  readonly transferSyntax: string | undefined;
}

/** `start` is behind the prefix. A cut file's data set begins where it was cut. */
export function readFileMeta(bytes: Uint8Array, start: number): FileMeta {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = start;
  let transferSyntax: string | undefined;
  while (position + 8 <= bytes.length && view.getUint16(position, true) === 2) {
    const element = view.getUint16(position + 2, true);
    const vr = String.fromCharCode(bytes[position + 4], bytes[position + 5]);
    const isLong = vr === "OB" || vr === "UN" || vr === "OW" || vr === "UT" || vr === "SQ";
    if (isLong && position + 12 > bytes.length) break;
    const length = isLong ? view.getUint32(position + 8, true) : view.getUint16(position + 6, true);
    const valueStart = position + (isLong ? 12 : 8);
    if (valueStart + length > bytes.length) break;
    if (element === 0x0010) {
      const value = bytes.subarray(valueStart, valueStart + length);
      transferSyntax = Buffer.from(value)
        .toString("latin1")
        .replace(/[\0 ]+$/, "");
    }
    position = valueStart + length;
  }
  return { dataSetStart: position, transferSyntax };
}
