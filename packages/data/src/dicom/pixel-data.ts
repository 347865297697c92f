/**
 * The bytes of the one frame of a DICOM image, as the transfer syntax left them: native, or
 * joined from the fragments of an encapsulated stream (DICOM PS3.5 annex A.4).
 */
import { DataError } from "../errors.ts";
import type { Attributes } from "./data-set.ts";

const ITEM = 0xe000;
const SEQUENCE_END = 0xe0dd;

/**
 * Native pixel bytes, `length` of them. Throws DataError `truncated` where the element or the
 * file holds fewer, `damaged` where the pixels are encapsulated after all.
 */
export function nativeBytes(attributes: Attributes, length: number, where: string): Uint8Array {
  const { element, bytes } = pixelElement(attributes, where);
  if (element.undefinedLength) {
    throw new DataError(
      "damaged",
      `${where}: expected uncompressed pixels as the transfer syntax says, got fragments`,
    );
  }
  const present = Math.min(element.length, bytes.length - element.offset);
  if (present < length) {
    throw new DataError(
      "truncated",
      `${where}: expected ${length} bytes of pixels, got ${present}; the file was cut: export it again`,
    );
  }
  return bytes.subarray(element.offset, element.offset + length);
}

/**
 * The compressed stream of the frame: every fragment after the offset table, joined. Throws
 * DataError `truncated` where a fragment or the end of the sequence lies beyond the file.
 */
export function encapsulatedBytes(attributes: Attributes, where: string): Uint8Array {
  const { element, bytes } = pixelElement(attributes, where);
  if (!element.undefinedLength) {
    throw new DataError(
      "damaged",
      `${where}: expected compressed pixels as the transfer syntax says, got an element of fixed length`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fragments: Uint8Array[] = [];
  let position = element.offset;
  for (;;) {
    if (position + 8 > bytes.length) throw cut(where, fragments.length);
    const group = view.getUint16(position, true);
    const tag = view.getUint16(position + 2, true);
    const length = view.getUint32(position + 4, true);
    position += 8;
    if (group === 0xfffe && tag === SEQUENCE_END) break;
    if (group !== 0xfffe || tag !== ITEM) {
      throw new DataError(
        "damaged",
        `${where}: expected a fragment of compressed pixels at byte ${position - 8}, got something else`,
      );
    }
    if (position + length > bytes.length) throw cut(where, fragments.length);
    fragments.push(bytes.subarray(position, position + length));
    position += length;
  }
  // The first item is the table of frame offsets, often empty, and of no use for one frame.
  const stream = Buffer.concat(fragments.slice(1));
  if (stream.length === 0) {
    throw new DataError("no-pixels", `${where}: expected compressed pixels, got no fragment`);
  }
  return stream;
}

function pixelElement(attributes: Attributes, where: string) {
  const element = attributes.element("x7fe00010");
  if (element === null) throw new Error(`internal: ${where}: pixel data without an element`);
  return { element, bytes: attributes.bytes };
}

function cut(where: string, fragments: number): DataError {
  return new DataError(
    "truncated",
    `${where}: expected the end of the compressed pixels, got the end of the file after ` +
      `${fragments} fragments; the file was cut: export it again`,
  );
}
