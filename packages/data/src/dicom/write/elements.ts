/**
 * DICOM elements, items and fragments as bytes (PS3.5 section 7 and annex A.4). What an element holds
 * is its caller's business: `data-set.ts` writes values, `deidentify/` bytes that it has read.
 */
import { LONG_VRS, type Writing } from "../elements.ts";

export const EXPLICIT: Writing = { explicit: true, bigEndian: false };

const ITEM = 0xe000;
const SEQUENCE_END = 0xe0dd;
const UNDEFINED_LENGTH = 0xffffffff;

/** An element; its value is padded to an even length as its representation asks. */
export function writeElement(tag: number, vr: string, value: Uint8Array, writing: Writing): Buffer {
  const padding = vr === "UI" || vr.startsWith("O") || vr === "UN" ? 0 : 0x20;
  const body = padded(value, padding);
  return Buffer.concat([elementHead(tag, vr, body.length, writing), body]);
}

/** An item of a sequence, of known length. */
export function writeItem(content: Uint8Array, writing: Writing): Buffer {
  return Buffer.concat([itemHead(ITEM, content.length, writing), content]);
}

/**
 * Compressed pixels: a table of where frames begin, which may be empty, and the fragments. The
 * syntaxes of compressed pixels are explicit and little endian.
 */
export function writeFragments(
  tag: number,
  frameOffsets: readonly number[],
  fragments: readonly Uint8Array[],
): Buffer {
  const table = Buffer.alloc(4 * frameOffsets.length);
  for (const [i, offset] of frameOffsets.entries()) table.writeUInt32LE(offset, 4 * i);
  return Buffer.concat([
    elementHead(tag, "OB", UNDEFINED_LENGTH, EXPLICIT),
    ...[table, ...fragments].map((bytes) => writeItem(padded(bytes, 0), EXPLICIT)),
    itemHead(SEQUENCE_END, 0, EXPLICIT),
  ]);
}

function elementHead(tag: number, vr: string, length: number, writing: Writing): Buffer {
  const isLong = writing.explicit && LONG_VRS.has(vr);
  const head = Buffer.alloc(isLong ? 12 : 8);
  writeUint16(head, tag >>> 16, 0, writing);
  writeUint16(head, tag & 0xffff, 2, writing);
  if (writing.explicit) head.write(vr, 4, "latin1");
  if (writing.explicit && !isLong) writeUint16(head, length, 6, writing);
  else writeUint32(head, length, isLong ? 8 : 4, writing);
  return head;
}

function itemHead(element: number, length: number, writing: Writing): Buffer {
  const head = Buffer.alloc(8);
  writeUint16(head, 0xfffe, 0, writing);
  writeUint16(head, element, 2, writing);
  writeUint32(head, length, 4, writing);
  return head;
}

function padded(bytes: Uint8Array, filler: number): Uint8Array {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Uint8Array.of(filler)]);
}

function writeUint16(bytes: Buffer, value: number, at: number, { bigEndian }: Writing): void {
  if (bigEndian) bytes.writeUInt16BE(value, at);
  else bytes.writeUInt16LE(value, at);
}

function writeUint32(bytes: Buffer, value: number, at: number, { bigEndian }: Writing): void {
  if (bigEndian) bytes.writeUInt32BE(value, at);
  else bytes.writeUInt32LE(value, at);
}
