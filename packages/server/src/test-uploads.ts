/** Files for the tests of uploads: radiographs, what chance makes of them, and traps. */
import { crc32, createDeflateRaw } from "node:zlib";
import { dicomFile, type Elements, GRAY_2X2 } from "@malleolus/data/test-dicom";

const TWELVE_BITS: Elements = { "00280102 US": [11], "00280101 US": [12] };
const SYNTAXES = ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.1.99"];

/** A radiograph of an identified patient; the same number gives the same bytes. */
export function uploadedRadiograph(number: number): Buffer {
  const elements: Elements = {
    ...GRAY_2X2,
    ...TWELVE_BITS,
    "00080016 UI": "1.2.840.10008.5.1.4.1.1.1",
    "00080018 UI": `1.3.99.7.${number}`,
    "00080020 DA": "20190410",
    "00080050 SH": `ACC${number}`,
    "00100010 PN": "Canarybird^Given",
    "00100020 LO": `MRN${number}`,
    "0020000d UI": `1.3.99.8.${number}`,
    "0020000e UI": `1.3.99.9.${number}`,
    "7fe00010 OW": [number % 4096, 100, 200, 400],
  };
  return dicomFile(elements, SYNTAXES[number % SYNTAXES.length]);
}

/** Numbers from 0 to below 1 that follow from the seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a bad disc, a bad program or a bad person makes of a file. */
export function mutated(file: Buffer, chance: () => number): Buffer {
  const below = (end: number) => Math.floor(chance() * end);
  const copy = Buffer.from(file);
  // Behind the preamble, where every byte means something.
  const at = 132 + below(copy.length - 132);
  switch (below(6)) {
    case 0: {
      for (let flips = 1 + below(8); flips > 0; flips--) {
        copy[132 + below(copy.length - 132)] ^= 1 << below(8);
      }
      return copy;
    }
    case 1:
      return copy.subarray(0, at);
    case 2: {
      // A length that claims everything.
      copy.fill(0xff, at, Math.min(at + 4, copy.length));
      return copy;
    }
    case 3:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(132, at), copy.subarray(at)]);
    case 4: {
      for (let i = at; i < Math.min(at + 64, copy.length); i++) copy[i] = below(256);
      return copy;
    }
    default:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(Math.min(at + 2, copy.length))]);
  }
}

export interface ZipEntry {
  readonly name: string;
  readonly contents: Iterable<Uint8Array>;
  /** What the zip file claims, where that is a lie. */
  readonly claimedBytes?: number;
}

/** A zip file (APPNOTE 4.3) of deflated entries, with whatever names and sizes are asked for. */
export async function zipFile(entries: readonly ZipEntry[]): Promise<Buffer> {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, contents, claimedBytes } of entries) {
    const { packed, crc, sizeBytes } = await deflated(contents);
    const path = Buffer.from(name);
    const facts = Buffer.alloc(20);
    facts.writeUInt16LE(8, 2);
    facts.writeUInt32LE(crc, 8);
    facts.writeUInt32LE(packed.length, 12);
    facts.writeUInt32LE(claimedBytes ?? sizeBytes, 16);
    const lengths = Buffer.alloc(4);
    lengths.writeUInt16LE(path.length, 0);
    const head = Buffer.concat([Buffer.from("504b03041400", "hex"), facts, lengths, path]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([Buffer.from("504b010214001400", "hex"), facts, lengths, place, path]),
    );
    files.push(head, packed);
    offset += head.length + packed.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, listed, end]);
}

/** As many zeros, a piece at a time. */
export function* zeros(sizeBytes: number): Generator<Uint8Array> {
  const piece = new Uint8Array(2 ** 20);
  for (let left = sizeBytes; left > 0; left -= piece.length) {
    yield left >= piece.length ? piece : piece.subarray(0, left);
  }
}

/** A DICOM file whose deflated data set unfolds to more than any radiograph. */
export async function deflatedBomb(sizeBytes: number): Promise<Buffer> {
  const head = dicomFile({}, "1.2.840.10008.1.2.1.99");
  const empty = (await deflated([])).packed.length;
  const { packed } = await deflated(zeros(sizeBytes));
  return Buffer.concat([head.subarray(0, head.length - empty), packed]);
}

async function deflated(contents: Iterable<Uint8Array>) {
  const stream = createDeflateRaw({ level: 1 });
  const packed: Buffer[] = [];
  stream.on("data", (part: Buffer) => packed.push(part));
  const ended = new Promise<void>((resolve, reject) => {
    stream.on("end", resolve);
    stream.on("error", reject);
  });
  let [crc, sizeBytes] = [0, 0];
  for (const part of contents) {
    crc = crc32(part, crc);
    sizeBytes += part.length;
    if (!stream.write(part)) await new Promise<void>((resolve) => stream.once("drain", resolve));
  }
  stream.end();
  await ended;
  return { packed: Buffer.concat(packed), crc, sizeBytes };
}
