/** Compressed pixels that are not stored as they should be, and what they mean all the same. */
import assert from "node:assert/strict";
import { test } from "node:test";
import sharp from "sharp";
import { DataError } from "../errors.ts";
import { deidentify } from "./deidentify/deidentify.ts";
import { readDicom } from "./read-dicom.ts";
import { compressedFile, dicomFile, type Value } from "./test-dicom.ts";
import {
  type Layout,
  pictureBytes,
  pictureFiles,
  pictureHeader,
  pictureStream,
  type Syntax,
} from "./test-encoders.ts";

const GRAY: Layout = { bits: 12, signed: false, samples: 1 };
const JPEG = "1.2.840.10008.1.2.4.70";
const JPEG_LS = "1.2.840.10008.1.2.4.80";
const JPEG_2000 = "1.2.840.10008.1.2.4.90";
const RLE = "1.2.840.10008.1.2.5";
const BASELINE = "1.2.840.10008.1.2.4.50";
const LOSSLESS = [JPEG, JPEG_LS, JPEG_2000, "1.2.840.10008.1.2.4.201", RLE] as const;

const plan = {
  pseudonym: "A-1",
  key: Buffer.alloc(32),
  shiftDays: -40,
  burnedIn: "accept",
} as const;

/** Of the file, and of what de-identification makes of it. */
async function holdsPicture(file: Buffer, plain: Buffer): Promise<void> {
  const expected = await readDicom(plain, "plain.dcm");
  for (const one of [file, deidentify(file, plan, "a.dcm")]) {
    const { stored, pixels } = await readDicom(one, "a.dcm");
    assert.deepEqual(stored, expected.stored);
    assert.deepEqual(pixels, expected.pixels);
  }
}

const ITEM = "feff00e0";
const END = "feffdde000000000";

function item(bytes: Uint8Array): Buffer {
  const head = Buffer.from(`${ITEM}00000000`, "hex");
  head.writeUInt32LE(bytes.length + (bytes.length % 2), 4);
  return Buffer.concat([head, bytes, Buffer.alloc(bytes.length % 2)]);
}

/** A file whose pixel data element is these bytes behind its head. */
function withElement(head: string, ...parts: readonly Uint8Array[]): (syntax: Syntax) => Buffer {
  return (syntax) => {
    const header: Record<string, Value | null> = { ...pictureHeader(GRAY), "7fe00010 OW": null };
    const element = Buffer.from(`e07f1000${head}`, "hex");
    return Buffer.concat([dicomFile(header, syntax), element, ...parts]);
  };
}

const OB = "4f420000ffffffff";
const TABLE = item(Buffer.alloc(0));
const end = Buffer.from(END, "hex");

for (const syntax of LOSSLESS) {
  test(`encapsulated pixels that are not as they should be, ${syntax}`, async () => {
    const { plain } = await pictureFiles(syntax, GRAY);
    const stream = await pictureStream(syntax, GRAY);
    const third = 2 * Math.floor(stream.length / 6);
    const parts = [
      stream.subarray(0, third),
      stream.subarray(third, 2 * third),
      stream.subarray(2 * third),
    ].map(item);
    const whole = item(stream);
    const items = Buffer.concat([TABLE, whole]);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(items.length);
    const ways: Readonly<Record<string, (syntax: Syntax) => Buffer>> = {
      "no delimiter": withElement(OB, TABLE, whole),
      "no offset table": withElement(OB, whole, end),
      "an empty last fragment": withElement(OB, TABLE, whole, TABLE, end),
      "three fragments": withElement(OB, TABLE, ...parts, end),
      "a wrong offset": withElement(OB, item(Buffer.from("67120000", "hex")), whole, end),
      "two offsets": withElement(OB, item(Buffer.from("000000000a000000", "hex")), whole, end),
      words: withElement("4f570000ffffffff", TABLE, whole, end),
      "of unknown representation": withElement("554e0000ffffffff", TABLE, whole, end),
      "of defined length": withElement(`4f420000${length.toString("hex")}`, items),
    };
    for (const [way, file] of Object.entries(ways)) {
      await assert.doesNotReject(holdsPicture(file(syntax), plain), way);
    }
  });

  if (syntax === RLE) continue;
  test(`bits beside those stored are no part of the value, ${syntax}`, async () => {
    const all: Layout = { bits: 16, signed: false, samples: 1 };
    const stream = await pictureStream(syntax, all);
    for (const highBit of [15, 13, 11]) {
      const header = { ...pictureHeader(all), "00280101 US": [12], "00280102 US": [highBit] };
      const plain = dicomFile({ ...header, "7fe00010 OW": pictureBytes(all) });
      await holdsPicture(compressedFile(header, syntax, stream), plain);
    }
  });
}

test("a stream of the bits stored is its values, whatever the high bit says", async () => {
  const stream = await pictureStream(JPEG_2000, GRAY);
  const header = pictureHeader(GRAY);
  const plain = dicomFile({ ...header, "7fe00010 OW": pictureBytes(GRAY) });
  await holdsPicture(compressedFile({ ...header, "00280102 US": [15] }, JPEG_2000, stream), plain);
});

for (const syntax of [JPEG, JPEG_LS, BASELINE] as const) {
  test(`what follows the end of an image is padding, ${syntax}`, async () => {
    const layout: Layout = { ...GRAY, bits: syntax === BASELINE ? 8 : 12 };
    const stream = await pictureStream(syntax, layout);
    const header = pictureHeader(layout);
    const plain = compressedFile(header, syntax, stream);
    for (const padding of [" ", "  ", "\n", "\r\n", "\0\0\0\0", "\xff", "end of file"]) {
      const padded = Buffer.concat([stream, Buffer.from(padding, "latin1")]);
      await holdsPicture(compressedFile(header, syntax, padded), plain);
    }
    const cut = compressedFile(header, syntax, stream.subarray(0, -8));
    await assert.rejects(readDicom(cut, "a.dcm"), DataError);
  });
}

test("JPEG 2000 in the boxes of a JP2 file, without its end, and with padding", async () => {
  const stream = await pictureStream(JPEG_2000, GRAY);
  const header = pictureHeader(GRAY);
  const plain = dicomFile({ ...header, "7fe00010 OW": pictureBytes(GRAY) });
  const box = (kind: string, body: Uint8Array, length = body.length + 8) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(length);
    head.write(kind, 4, "latin1");
    return Buffer.concat([head, body]);
  };
  const signature = box("jP  ", Buffer.from("0d0a870a", "hex"));
  const kind = box("ftyp", Buffer.from("jp2 \0\0\0\0jp2 ", "latin1"));
  const long = Buffer.alloc(8);
  long.writeBigUInt64BE(BigInt(stream.length + 16));
  for (const codestream of [
    box("jp2c", stream),
    // 0: to the end; 1: the length follows in 64 bits.
    box("jp2c", stream, 0),
    Buffer.concat([box("jp2c", long, 1), stream]),
  ]) {
    const file = Buffer.concat([signature, kind, codestream]);
    await holdsPicture(compressedFile(header, JPEG_2000, file), plain);
  }
  await holdsPicture(compressedFile(header, JPEG_2000, stream.subarray(0, -2)), plain);
  const padded = Buffer.concat([stream, Buffer.alloc(10)]);
  await holdsPicture(compressedFile(header, JPEG_2000, padded), plain);
});

const JFIF = "ffe000104a46494600010100000100010000";
const ADOBE_YCBCR = "ffee000e41646f626500640000000001";

test("RGB in a JPEG stream that does not say its colours is not converted", async () => {
  const gray = Buffer.alloc(32 * 32 * 3, 200);
  const raw = { width: 32, height: 32, channels: 3 } as const;
  const jpeg = await sharp(gray, { raw })
    .jpeg({ quality: 100, chromaSubsampling: "4:4:4" })
    .toBuffer();
  const header = pictureHeader({ bits: 8, signed: false, samples: 3 });
  const read = async (marker: string) => {
    const said = Buffer.from(marker, "hex");
    const stream = Buffer.concat([jpeg.subarray(0, 2), said, jpeg.subarray(2)]);
    return (await readDicom(compressedFile(header, BASELINE, stream), "a.dcm")).stored.mean;
  };
  // Its components are 200, 128 and 128: a luminance of 200 where a marker says YCbCr.
  for (const marker of [JFIF, ADOBE_YCBCR]) assert.ok(Math.abs((await read(marker)) - 200) < 1);
  const asRgb = 0.299 * 200 + 0.701 * 128;
  assert.ok(Math.abs((await read("")) - asRgb) < 1);
});
