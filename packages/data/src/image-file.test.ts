import assert from "node:assert/strict";
import { test } from "node:test";
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
