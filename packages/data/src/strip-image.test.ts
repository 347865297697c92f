import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { DataError } from "./errors.ts";
import { decodeRadiograph } from "./read-radiograph.ts";
import { stripImage } from "./strip-image.ts";
import { skipWithout, testDataPath } from "./test-data.ts";

const NAME = "Jansen";
const SIZE = { width: 40, height: 24 } as const;

function picture() {
  const values = Uint8Array.from({ length: SIZE.width * SIZE.height * 3 }, (_, i) => (i * 7) % 251);
  return sharp(values, { raw: { ...SIZE, channels: 3 } }).withExif({
    IFD0: { ImageDescription: NAME, Artist: NAME },
  });
}

/** A comment segment, or a text chunk, put right behind the beginning; and bytes after the end. */
function withTexts(bytes: Uint8Array, behind: number, text: Uint8Array): Buffer {
  return Buffer.concat([
    bytes.subarray(0, behind),
    text,
    bytes.subarray(behind),
    Buffer.from(`${NAME} after the end`),
  ]);
}

async function checkStripped(original: Uint8Array): Promise<Buffer> {
  const stripped = Buffer.concat(stripImage(original, "a"));
  const before = await decodeRadiograph(original, "a");
  const after = await decodeRadiograph(stripped, "a");
  assert.deepEqual(after.pixels, before.pixels);
  assert.deepEqual(Buffer.concat(stripImage(stripped, "a")), stripped);
  return stripped;
}

for (const progressive of [false, true]) {
  test(`stripImage: a JPEG without its texts, ${progressive ? "progressive" : "baseline"}`, async () => {
    const plain = await picture().withMetadata({ orientation: 6 }).jpeg({ progressive }).toBuffer();
    const comment = Buffer.from(`\xff\xfe\x00\x08${NAME}`, "latin1");
    const original = withTexts(plain, 2, comment);
    assert.equal((await decodeRadiograph(original, "a")).exifOrientation, 6);
    const stripped = await checkStripped(original);
    for (const text of [NAME, "Exif", "http"]) assert.ok(!stripped.includes(text), text);
  });
}

test("stripImage: a PNG without its texts, of 8 and 16 bits", async () => {
  for (const depth of ["srgb", "rgb16"] as const) {
    const plain = await picture().toColourspace(depth).png().toBuffer();
    const text = Buffer.concat([Buffer.from([0, 0, 0, 6]), Buffer.from(`tEXt${NAME}\0\0\0\0`)]);
    const original = withTexts(plain, 33, text);
    const stripped = await checkStripped(original);
    for (const word of [NAME, "eXIf", "tEXt"]) assert.ok(!stripped.includes(word), word);
  }
});

test("stripImage: what is cut or something else is refused", async () => {
  const jpeg = await picture().jpeg().toBuffer();
  const png = await picture().png().toBuffer();
  for (const bytes of [jpeg.subarray(0, 90), jpeg.subarray(0, -2), png.subarray(0, -8)]) {
    assert.throws(() => stripImage(bytes, "a"), DataError);
  }
  assert.throws(() => stripImage(Buffer.from("hello"), "a"), DataError);
});

const images = testDataPath("fracatlas", "images");
test("stripImage: pixels of real radiographs stay", skipWithout(images), async () => {
  for (const name of readdirSync(images ?? "").slice(0, 12)) {
    await checkStripped(readFileSync(join(images ?? "", name)));
  }
});
