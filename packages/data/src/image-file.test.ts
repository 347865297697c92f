import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { DataError } from "./errors.ts";
import type { Radiograph } from "./radiograph.ts";
import { decodeRadiograph, readRadiograph } from "./read-radiograph.ts";
import { skipWithout, testDataPath } from "./test-data.ts";

const [WIDTH, HEIGHT] = [40, 30];
const turned = testDataPath("fracatlas", "images", "IMG0000679.jpg");

/** Bytes of a picture; every pixel and channel by `value`. */
function picture(channels: 1 | 2 | 3 | 4, value: (i: number, channel: number) => number) {
  const data = Uint8Array.from({ length: WIDTH * HEIGHT * channels }, (_, i) =>
    value(Math.floor(i / channels), i % channels),
  );
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels } });
}

function checkPixels({ pixels }: Radiograph, expected: (i: number) => number): void {
  assert.deepEqual(
    pixels,
    Float32Array.from(pixels, (_, i) => expected(i)),
  );
}

test("decodeRadiograph: an 8-bit grey PNG is exact", async () => {
  const bytes = await picture(1, (i) => i % 256)
    .toColourspace("b-w")
    .png()
    .toBuffer();
  const radiograph = await decodeRadiograph(bytes, "a.png");
  const { stored, bitsStored, photometric } = radiograph;
  assert.deepEqual([bitsStored, photometric, stored.max], [8, "MONOCHROME2", 255]);
  checkPixels(radiograph, (i) => (i % 256) / 255);
});

test("decodeRadiograph: a 16-bit grey PNG is exact", async () => {
  const values = Uint16Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i * 54_321) % 65_536);
  const bytes = await sharp(values, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } })
    .toColourspace("grey16")
    .png()
    .toBuffer();
  const radiograph = await decodeRadiograph(bytes, "a.png");
  assert.equal(radiograph.bitsStored, 16);
  checkPixels(radiograph, (i) => values[i] / 65_535);
});

test("decodeRadiograph: a 16-bit RGB PNG keeps its 16 bits", async () => {
  const values = Uint16Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => Math.floor(i / 3) * 54);
  const bytes = await sharp(values, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .toColourspace("rgb16")
    .png()
    .toBuffer();
  const radiograph = await decodeRadiograph(bytes, "a.png");
  assert.equal(radiograph.bitsStored, 16);
  checkPixels(radiograph, (i) => (i * 54) / 65_535);
});

test("decodeRadiograph: grey written as RGB or with alpha is exactly the grey", async () => {
  for (const channels of [2, 3, 4] as const) {
    const isAlpha = (channel: number): boolean => channel === (channels === 2 ? 1 : 3);
    const source = picture(channels, (i, channel) => (isAlpha(channel) ? 200 : i % 256));
    checkPixels(
      await decodeRadiograph(await source.png().toBuffer(), "a.png"),
      (i) => (i % 256) / 255,
    );
  }
});

test("decodeRadiograph: colour becomes luminance", async () => {
  const bytes = await picture(3, (_, channel) => [200, 100, 50][channel])
    .png()
    .toBuffer();
  const { stored, photometric } = await decodeRadiograph(bytes, "a.png");
  assert.equal(photometric, "RGB");
  assert.ok(Math.abs(stored.mean - (0.299 * 200 + 0.587 * 100 + 0.114 * 50)) < 1e-3);
});

test("decodeRadiograph: an EXIF orientation is reported and not applied", async () => {
  const source = picture(1, (i) => i % 256).jpeg();
  const turned = await source.withMetadata({ orientation: 6 }).toBuffer();
  const radiograph = await decodeRadiograph(turned, "a.jpg");
  assert.equal(radiograph.exifOrientation, 6);
  assert.deepEqual([radiograph.width, radiograph.height], [WIDTH, HEIGHT]);
});

/** A grey ICC profile whose curve is a power (ICC.1, version 2): description, white point, curve. */
function grayProfile(power: number): Buffer {
  const tag = (kind: string, body: Buffer): Buffer =>
    Buffer.concat([Buffer.from(kind, "latin1"), Buffer.alloc(4), body]);
  const numbers = (...values: number[]): Buffer => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [i, value] of values.entries()) bytes.writeInt32BE(Math.round(value), 4 * i);
    return bytes;
  };
  const curve = Buffer.alloc(8);
  curve.writeUInt32BE(1, 0);
  curve.writeUInt16BE(Math.round(power * 256), 4);
  const description = Buffer.concat([numbers(5), Buffer.from("grey\0"), Buffer.alloc(79)]);
  const tags: readonly (readonly [name: string, data: Buffer])[] = [
    ["desc", tag("desc", description)],
    ["cprt", tag("text", Buffer.from("none\0\0\0\0"))],
    ["wtpt", tag("XYZ ", numbers(0.9642 * 65_536, 65_536, 0.8249 * 65_536))],
    ["kTRC", tag("curv", curve)],
  ];
  const table: Buffer[] = [numbers(tags.length)];
  let offset = 128 + 4 + 12 * tags.length;
  for (const [name, data] of tags) {
    table.push(Buffer.from(name, "latin1"), numbers(offset, data.length));
    offset += data.length;
  }
  const header = Buffer.alloc(128);
  header.writeUInt32BE(offset, 0);
  header.writeUInt32BE(0x02_10_00_00, 8);
  header.write("mntrGRAYXYZ ", 12, "latin1");
  header.write("acsp", 36, "latin1");
  numbers(0.9642 * 65_536, 65_536, 0.8249 * 65_536).copy(header, 68);
  return Buffer.concat([header, ...table, ...tags.map(([, data]) => data)]);
}

/** A PNG or JPEG with the profile beside the picture, whose values stay as they are. */
function withProfile(bytes: Buffer, profile: Buffer): Buffer {
  if (bytes[0] === 0xff) {
    const body = Buffer.concat([Buffer.from("ICC_PROFILE\0\x01\x01", "latin1"), profile]);
    const head = Buffer.from([0xff, 0xe2, (body.length + 2) >> 8, (body.length + 2) & 0xff]);
    return Buffer.concat([bytes.subarray(0, 2), head, body, bytes.subarray(2)]);
  }
  const body = Buffer.concat([Buffer.from("iCCPgrey\0\0", "latin1"), deflateSync(profile)]);
  const chunk = Buffer.concat([Buffer.alloc(4), body, Buffer.alloc(4)]);
  chunk.writeUInt32BE(body.length - 4, 0);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  // Behind the first chunk, the header: 8 bytes of signature and 25 of its own.
  return Buffer.concat([bytes.subarray(0, 33), chunk, bytes.subarray(33)]);
}

test("decodeRadiograph: a colour profile does not change the values, of 8 bits and of 16", async () => {
  const gray = picture(1, (i) => i % 256).toColourspace("b-w");
  const deep = Uint16Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i * 54_321) % 65_536);
  const files: readonly (readonly [name: string, Buffer])[] = [
    ["grey.png", await gray.clone().png().toBuffer()],
    ["grey.jpg", await gray.clone().jpeg({ quality: 95 }).toBuffer()],
    [
      "deep.png",
      await sharp(deep, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } })
        .toColourspace("grey16")
        .png()
        .toBuffer(),
    ],
  ];
  for (const [name, bytes] of files) {
    const plain = await decodeRadiograph(bytes, name);
    for (const power of [1, 1.8]) {
      const profiled = withProfile(bytes, grayProfile(power));
      assert.ok((await sharp(profiled).metadata()).icc !== undefined, name);
      assert.deepEqual((await decodeRadiograph(profiled, name)).pixels, plain.pixels, name);
    }
  }
});

test("decodeRadiograph: an image of too many pixels is called too large, not damaged", async () => {
  const small = await picture(1, () => 0)
    .png()
    .toBuffer();
  // Its header alone claims more: what is claimed is refused before it is decoded.
  const header = Buffer.from(small.subarray(12, 29));
  header.writeUInt32BE(17_000, 4);
  header.writeUInt32BE(16_000, 8);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(header));
  const large = Buffer.concat([small.subarray(0, 12), header, sum, small.subarray(33)]);
  await assert.rejects(decodeRadiograph(large, "a.png"), {
    code: "unsupported",
    message:
      /^a\.png: expected at most \d+ pixels, got 17000 x 16000, 272 million; make it smaller/,
  });
});

test("decodeRadiograph: cut JPEG and PNG files are refused with one line", async () => {
  const source = picture(1, (i) => (i * 7919) % 256);
  for (const [name, bytes] of [
    ["a.jpg", await source.clone().jpeg().toBuffer()],
    ["a.png", await source.clone().png().toBuffer()],
  ] as const) {
    for (const share of [0.1, 0.5, 0.9]) {
      await assert.rejects(
        () => decodeRadiograph(bytes.subarray(0, Math.floor(bytes.length * share)), name),
        (error) =>
          error instanceof DataError &&
          error.code === "damaged" &&
          error.message.startsWith(`${name}: `) &&
          !error.message.includes("\n"),
      );
    }
  }
});

test(
  "readRadiograph: a turned image of FracAtlas keeps its pixels",
  skipWithout(turned),
  async () => {
    const radiograph = await readRadiograph(turned ?? "");
    assert.equal(radiograph.exifOrientation, 6);
    // As train.json says; turned, it would be the other way round.
    assert.deepEqual([radiograph.width, radiograph.height], [373, 454]);
  },
);
