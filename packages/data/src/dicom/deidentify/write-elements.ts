/**
 * DICOM elements, items and file meta information as bytes (PS3.5 section 7, PS3.10 section 7.1).
 */
import { LONG_VRS, type Writing } from "../elements.ts";

const EXPLICIT: Writing = { explicit: true, bigEndian: false };

/** Names this software in the files that it writes: a UUID of its own. */
const IMPLEMENTATION = "2.25.271844402113906529804722187254871042417";

/** An element; its value is padded to an even length as its representation asks. */
export function writeElement(tag: number, vr: string, value: Buffer, writing: Writing): Buffer {
  const padding = vr === "UI" || vr.startsWith("O") || vr === "UN" ? 0 : 0x20;
  const body = value.length % 2 === 0 ? value : Buffer.concat([value, Buffer.from([padding])]);
  const isLong = writing.explicit && LONG_VRS.has(vr);
  const head = Buffer.alloc(isLong ? 12 : 8);
  writeUint16(head, tag >>> 16, 0, writing);
  writeUint16(head, tag & 0xffff, 2, writing);
  if (writing.explicit) head.write(vr, 4, "latin1");
  if (writing.explicit && !isLong) writeUint16(head, body.length, 6, writing);
  else writeUint32(head, body.length, isLong ? 8 : 4, writing);
  return Buffer.concat([head, body]);
}

/** An item of a sequence, of known length. */
export function writeItem(content: Buffer, writing: Writing): Buffer {
  const head = Buffer.alloc(8);
  writeUint16(head, 0xfffe, 0, writing);
  writeUint16(head, 0xe000, 2, writing);
  writeUint32(head, content.length, 4, writing);
  return Buffer.concat([head, content]);
}

/** Preamble, prefix and meta information of a file. */
export function writeMeta(meta: {
  readonly sopClass: string;
  readonly sopInstance: string;
  readonly transferSyntax: string;
}): Buffer {
  const text = (tag: number, vr: string, value: string) =>
    writeElement(tag, vr, Buffer.from(value, "latin1"), EXPLICIT);
  const elements = Buffer.concat([
    writeElement(0x00020001, "OB", Buffer.from([0, 1]), EXPLICIT),
    text(0x00020002, "UI", meta.sopClass),
    text(0x00020003, "UI", meta.sopInstance),
    text(0x00020010, "UI", meta.transferSyntax),
    text(0x00020012, "UI", IMPLEMENTATION),
    text(0x00020013, "SH", "MALLEOLUS"),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(elements.length);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from("DICM"),
    writeElement(0x00020000, "UL", length, EXPLICIT),
    elements,
  ]);
}

function writeUint16(bytes: Buffer, value: number, at: number, { bigEndian }: Writing): void {
  if (bigEndian) bytes.writeUInt16BE(value, at);
  else bytes.writeUInt16LE(value, at);
}

function writeUint32(bytes: Buffer, value: number, at: number, { bigEndian }: Writing): void {
  if (bigEndian) bytes.writeUInt32BE(value, at);
  else bytes.writeUInt32LE(value, at);
}
