/**
 * The file meta information (PS3.10 section 7.1), walked by the lengths of its elements: its group
 * length is often wrong. It should be explicit and little endian, whatever the data set after it is;
 * some exporters write it implicitly.
 */
import { latin1 } from "./byte-text.ts";
import { LONG_VRS } from "./elements.ts";

export interface FileMeta {
  readonly dataSetStart: number;
  /** Null where the file does not say it. */
  readonly transferSyntax: string | null;
}

/** `start` is behind the prefix. A cut file's data set begins where it was cut. */
export function readFileMeta(bytes: Uint8Array, start: number): FileMeta {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = start;
  let transferSyntax: string | null = null;
  while (position + 8 <= bytes.length && view.getUint16(position, true) === 2) {
    const element = view.getUint16(position + 2, true);
    const vr = String.fromCharCode(bytes[position + 4], bytes[position + 5]);
    const isImplicit = !/^[A-Z]{2}$/.test(vr);
    const isLong = LONG_VRS.has(vr);
    if (isLong && position + 12 > bytes.length) break;
    const length = isImplicit
      ? view.getUint32(position + 4, true)
      : isLong
        ? view.getUint32(position + 8, true)
        : view.getUint16(position + 6, true);
    const valueStart = position + (isLong ? 12 : 8);
    if (valueStart + length > bytes.length) break;
    if (element === 0x0010) {
      const text = latin1(bytes.subarray(valueStart, valueStart + length));
      transferSyntax = text.replace(/[\0 ]+$/, "") || null;
    }
    position = valueStart + length;
  }
  return { dataSetStart: position, transferSyntax };
}
