/** Zip files for the tests. */
import { crc32 } from "node:zlib";

/** A zip file of stored entries, whatever their names (APPNOTE 4.3). */
export function zipOf(entries: readonly (readonly [name: string, bytes: Uint8Array])[]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, bytes] of entries) {
    const written = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(written.length, 22);
    const head = Buffer.concat([Buffer.from("PK\x03\x04"), common]);
    local.push(head, written, Buffer.from(bytes));
    const where = Buffer.alloc(14);
    where.writeUInt32LE(offset, 10);
    central.push(Buffer.from("PK\x01\x02\x14\0"), common, where, written);
    offset += head.length + written.length + bytes.length;
  }
  const list = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, list, Buffer.from("PK\x05\x06"), end]);
}
