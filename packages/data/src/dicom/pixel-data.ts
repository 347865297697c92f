/**
 * The bytes of the one frame of a DICOM image, as the transfer syntax left them: native, or
 * joined from the fragments of an encapsulated stream (DICOM PS3.5 annex A.4).
 */
import { DataError } from "../errors.ts";
import type { Attributes } from "./attributes.ts";
import { hexOf } from "./byte-text.ts";
import { type ByteElement, readFragments, type Writing } from "./elements.ts";
import { joinBytes } from "./join-bytes.ts";
import type { PixelEncoding } from "./transfer-syntax.ts";

/**
 * Native pixel bytes, `length` of them.
 *
 * @throws DataError `truncated` where the element or the file holds fewer, `damaged` where the
 *   pixels are encapsulated after all.
 */
export function nativeBytes(attributes: Attributes, length: number, where: string): Uint8Array {
  const { element, bytes } = pixelElement(attributes, where);
  if (element.undefinedLength) {
    throw new DataError(
      "damaged",
      `${where}: expected uncompressed pixels as the transfer syntax says, got fragments`,
    );
  }
  const present = element.valueEnd - element.valueStart;
  if (present < length) {
    throw new DataError(
      "truncated",
      `${where}: expected ${length} bytes of pixels, got ${present}; the file was cut: export it again`,
    );
  }
  return bytes.subarray(element.valueStart, element.valueStart + length);
}

/**
 * The compressed stream of the frame: every fragment after the offset table, joined. Throws
 * DataError `truncated` where a fragment lies beyond the file.
 */
export function encapsulatedBytes(
  attributes: Attributes,
  encoding: PixelEncoding,
  where: string,
): Uint8Array {
  const { element, bytes } = pixelElement(attributes, where);
  const stream = joinBytes(frameFragments(bytes, element, attributes.writing, encoding, where));
  if (stream.length === 0) {
    throw new DataError("no-pixels", `${where}: expected compressed pixels, got no fragment`);
  }
  return stream;
}

/** The fragments of the frame without the table of frame offsets, which is of no use for one frame. */
export function frameFragments(
  bytes: Uint8Array,
  element: ByteElement,
  writing: Writing,
  encoding: PixelEncoding,
  where: string,
): Uint8Array[] {
  if (!element.undefinedLength && !beginsWithItem(bytes, element)) {
    throw new DataError(
      "damaged",
      `${where}: expected compressed pixels as the transfer syntax says, got an element of fixed length`,
    );
  }
  const fragments = readFragments(bytes, element, writing, where).map(({ from, to }) =>
    bytes.subarray(from, to),
  );
  const [first] = fragments;
  const hasTable = first === undefined || !beginsLikeFrame(first, encoding);
  return hasTable ? fragments.slice(1) : fragments;
}

/** An element of fixed length that holds items all the same. */
function beginsWithItem(bytes: Uint8Array, { valueStart, valueEnd }: ByteElement): boolean {
  return hexOf(bytes.subarray(valueStart, Math.min(valueEnd, valueStart + 4))) === "feff00e0";
}

/** Whether a fragment is a frame's first: the offset table should stand before it, and may be missing. */
function beginsLikeFrame(fragment: Uint8Array, encoding: PixelEncoding): boolean {
  const begins = (hex: string) => hexOf(fragment.subarray(0, hex.length / 2)) === hex;
  switch (encoding) {
    case "rle":
      // The count of segments, 1 to 15, and where the first begins: behind the header.
      return (
        fragment.length > 64 &&
        /^0[1-f]000000$/.test(hexOf(fragment.subarray(0, 4))) &&
        fragment[4] === 64
      );
    case "jpeg":
    case "jpeg-ls":
      return begins("ffd8ff");
    default:
      return begins("ff4fff51") || begins("0000000c6a502020");
  }
}

function pixelElement(attributes: Attributes, where: string) {
  const element = attributes.element("x7fe00010");
  if (element === null) throw new Error(`internal: ${where}: pixel data without an element`);
  return { element, bytes: attributes.bytes };
}
