/** The file meta information of a file that this software writes (PS3.10 section 7.1). */
import { EXPLICIT, writeElement } from "./elements.ts";

/** Names this software in the files that it writes: a UUID of its own. */
const IMPLEMENTATION = "2.25.271844402113906529804722187254871042417";

export interface FileMetaInformation {
  readonly sopClass: string;
  readonly sopInstance: string;
  readonly transferSyntax: string;
}

/** Preamble, prefix and meta information of a file. */
export function writeMeta(meta: FileMetaInformation): Buffer {
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
