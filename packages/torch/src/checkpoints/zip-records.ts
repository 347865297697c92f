/**
 * The places of a zip archive's records (source: PKWARE's APPNOTE.TXT). Only those stored as they are
 * can be read, which is how PyTorch writes all that a checkpoint needs. Checksums are not looked at:
 * PyTorch does not look either, and can be told to leave them out.
 */
import { type FileBytes, malformed } from "./file-bytes.ts";

/** From `start` to before `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

interface ZipRecord extends ByteRange {
  readonly isCompressed: boolean;
}

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const FULL_32 = 0xffffffff;
const FULL_16 = 0xffff;

const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const END_64_BYTES = 56;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const EXTENDED_SIZES = 1;

/** The records by name. @throws TorchError `checkpoint` for an archive that is cut or damaged. */
export function zipRecords(file: FileBytes): Map<string, ZipRecord> {
  const { start, end } = directoryOf(file);
  const directory = file.read(start, end);
  const records = new Map<string, ZipRecord>();
  let at = 0;
  while (at + CENTRAL_BYTES <= directory.length && directory.readUInt32LE(at) === CENTRAL_HEADER) {
    const header = directory.subarray(at);
    const nameBytes = header.readUInt16LE(28);
    const extraBytes = header.readUInt16LE(30);
    const behindName = CENTRAL_BYTES + nameBytes;
    const name = header.toString("utf8", CENTRAL_BYTES, behindName);
    const extra = header.subarray(behindName, behindName + extraBytes);
    const { size, place } = extended(extra, header.readUInt32LE(24), header.readUInt32LE(42));
    const isCompressed = header.readUInt16LE(10) !== 0;
    records.set(name, { ...locate(file, place, size), isCompressed });
    at += behindName + extraBytes + header.readUInt16LE(32);
  }
  if (at !== directory.length) throw damaged("its list of records is not whole");
  return records;
}

/** What a record holds. @throws TorchError `checkpoint` where it is compressed. */
export function storedRange(records: ReadonlyMap<string, ZipRecord>, name: string): ByteRange {
  const record = records.get(name);
  const shown = JSON.stringify(name.slice(0, 100));
  if (record === undefined) throw damaged(`its record ${shown} is missing`);
  if (!record.isCompressed) return record;
  throw malformed(
    `its record ${shown} is compressed, and PyTorch stores records as they are; write it again with torch.save`,
  );
}

/** The central directory, from the record at the archive's end. */
function directoryOf(file: FileBytes): ByteRange {
  const tailStart = Math.max(0, file.size - END_BYTES - FULL_16);
  const tail = file.read(tailStart, file.size);
  let at = tail.length - END_BYTES;
  while (at >= 0 && tail.readUInt32LE(at) !== END) at--;
  if (at < 0) throw damaged("it has no end");
  const size = tail.readUInt32LE(at + 12);
  const start = tail.readUInt32LE(at + 16);
  const isExtended = at >= LOCATOR_BYTES && tail.readUInt32LE(at - LOCATOR_BYTES) === LOCATOR_64;
  if (!isExtended) return { start, end: start + size };
  const place = Number(tail.readBigUInt64LE(at - LOCATOR_BYTES + 8));
  const end = file.read(place, place + END_64_BYTES);
  if (end.readUInt32LE(0) !== END_64) throw damaged("its extended end is missing");
  const start64 = Number(end.readBigUInt64LE(48));
  return { start: start64, end: start64 + Number(end.readBigUInt64LE(40)) };
}

/** Size and place of a record, which are elsewhere where 32 bits do not hold them. */
function extended(extra: Buffer, size: number, place: number): { size: number; place: number } {
  const wanted = [size, place].filter((value) => value === FULL_32).length;
  if (wanted === 0) return { size, place };
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== EXTENDED_SIZES) continue;
    const field = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
    const values: number[] = [];
    for (let i = 0; i + 8 <= field.length; i += 8) values.push(Number(field.readBigUInt64LE(i)));
    // Uncompressed size, compressed size, place; each only where its 32 bits are full. What is
    // stored as it is has both sizes or neither.
    const inField = size === FULL_32 ? { size: values[0], place: values[2] } : { place: values[0] };
    return {
      size: inField.size ?? size,
      place: place === FULL_32 ? (inField.place ?? place) : place,
    };
  }
  throw damaged("the size of a record is missing");
}

/** The record's own header repeats name and extra fields in lengths of its own (for alignment). */
function locate(file: FileBytes, place: number, size: number): ByteRange {
  const header = file.read(place, place + LOCAL_BYTES);
  if (header.readUInt32LE(0) !== LOCAL_HEADER) throw damaged("a record is not where it should be");
  const start = place + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (start + size > file.size) throw damaged("a record goes beyond the end");
  return { start, end: start + size };
}

function damaged(what: string): Error {
  return malformed(`its zip archive is damaged or cut: ${what}; copy it again`);
}
