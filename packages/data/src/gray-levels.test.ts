import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { dicomFile, type Elements, GRAY_2X2 } from "./dicom/test-dicom.ts";
import { decodeGrayLevels, type GrayLevels } from "./gray-levels.ts";
import { decodeRadiograph } from "./read-radiograph.ts";
import { skipWithout, testDataPath } from "./test-data.ts";

const pixels = { "7fe00010 OW": [100, 101, 180, 300] };

/** Levels through their window, 0 to 1. */
function shown({ levels, window: { low, high } }: GrayLevels): number[] {
  return Array.from(levels, (level) =>
    Math.min(Math.max((level - low) / Math.max(high - low, 1e-9), 0), 1),
  );
}

const pictures: readonly (readonly [string, Elements])[] = [
  ["no window", pixels],
  ["a window", { ...pixels, "00281050 DS": "190", "00281051 DS": "150" }],
  [
    "an exact window",
    { ...pixels, "00281050 DS": "190", "00281051 DS": "150", "00281056 CS": "LINEAR_EXACT" },
  ],
  ["MONOCHROME1", { ...pixels, "00280004 CS": "MONOCHROME1" }],
  [
    "MONOCHROME1 with a window and a rescale",
    {
      ...pixels,
      "00280004 CS": "MONOCHROME1",
      "00281050 DS": "350",
      "00281051 DS": "200",
      "00281052 DS": "-24",
      "00281053 DS": "2",
    },
  ],
  ["a negative slope", { ...pixels, "00281052 DS": "0", "00281053 DS": "-1" }],
  ["padding", { ...pixels, "00280120 US": [300] }],
  [
    "a VOI table",
    { ...pixels, "00283010 SQ": [{ "00283002 US": [3, 100, 10], "00283006 US": [0, 341, 1023] }] },
  ],
  [
    "signed values",
    {
      "00280103 US": [1],
      "7fe00010 OW": [0xff9c, 0, 50, 120],
      "00281050 DS": "10",
      "00281051 DS": "100",
    },
  ],
];

for (const [name, elements] of pictures) {
  test(`decodeGrayLevels: ${name} shows what the radiograph shows`, async () => {
    const file = dicomFile({ ...GRAY_2X2, ...elements });
    const levels = await decodeGrayLevels(file, "x.dcm");
    const radiograph = await decodeRadiograph(file, "x.dcm");
    assert.deepEqual([levels.width, levels.height], [2, 2]);
    for (const [i, share] of shown(levels).entries()) {
      assert.ok(
        Math.abs(share - radiograph.pixels[i]) < 1e-4,
        `${i}: ${share}, ${radiograph.pixels[i]}`,
      );
    }
  });
}

test("decodeGrayLevels: what lies beside the window is still there", async () => {
  const narrow = { ...pixels, "00281050 DS": "180", "00281051 DS": "20" };
  const { levels, top } = await decodeGrayLevels(dicomFile({ ...GRAY_2X2, ...narrow }), "x.dcm");
  assert.deepEqual([...levels], [100, 101, 180, 300]);
  assert.ok(top >= 300);
});

test("decodeGrayLevels: a PNG of 16 bits keeps them", async () => {
  const raw = Uint16Array.of(0, 1, 513, 65_535);
  const png = await sharp(raw, { raw: { width: 2, height: 2, channels: 1 } })
    .toColourspace("grey16")
    .png()
    .toBuffer();
  const { levels, top } = await decodeGrayLevels(png, "x.png");
  assert.equal(top, 65_535);
  assert.deepEqual([...levels], [...raw]);
});

test("decodeGrayLevels: a file of something else", async () => {
  await assert.rejects(decodeGrayLevels(Buffer.from("hello"), "x"), { code: "unknown-format" });
});

const ankle = testDataPath("dicom-ankle");
test(
  "decodeGrayLevels: a real ankle is bright on black, with its ten bits",
  skipWithout(ankle),
  async () => {
    const file = "RG3_UNC.dcm";
    const bytes = readFileSync(join(ankle ?? "", file));
    const levels = await decodeGrayLevels(bytes, file);
    const radiograph = await decodeRadiograph(bytes, file);
    assert.equal(levels.top, 1023);
    let worst = 0;
    for (const [i, share] of shown(levels).entries()) {
      worst = Math.max(worst, Math.abs(share - radiograph.pixels[i]));
    }
    assert.ok(worst < 1e-4, `${worst}`);
  },
);
