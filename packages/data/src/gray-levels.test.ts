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

const exact: readonly (readonly [
  what: string,
  elements: Elements,
  expected: readonly [levels: number[], top: number, window: readonly [number, number]],
])[] = [
  ["no window", pixels, [[100, 101, 180, 300], 65_535, [100, 300]]],
  [
    "a window",
    { ...pixels, "00281050 DS": "190", "00281051 DS": "150" },
    [[100, 101, 180, 300], 65_535, [115, 264]],
  ],
  [
    "MONOCHROME1 of twelve bits, with padding",
    {
      ...pixels,
      "00280004 CS": "MONOCHROME1",
      "00280101 US": [12],
      "00280102 US": [11],
      "00280120 US": [300],
    },
    [[3995, 3994, 3915, 0], 4095, [3915, 3995]],
  ],
  [
    "signed values of twelve bits",
    {
      "00280101 US": [12],
      "00280102 US": [11],
      "00280103 US": [1],
      "7fe00010 OW": [0xfff, 0, 1, 0x7ff],
    },
    [[2047, 2048, 2049, 4095], 4095, [2047, 4095]],
  ],
  // Of a curve the levels are what is shown, in 16 bits.
  [
    "a VOI table",
    { ...pixels, "00283010 SQ": [{ "00283002 US": [3, 100, 10], "00283006 US": [0, 340, 1023] }] },
    [[0, 21_781, 65_535, 65_535], 65_535, [0, 65_535]],
  ],
  [
    "a modality table that bends between its ends",
    {
      "00283000 SQ": [{ "00283002 US": [4, 0, 8], "00283006 US": [0, 1, 1, 3] }],
      "7fe00010 OW": [0, 1, 2, 3],
    },
    [[0, 21_845, 21_845, 65_535], 65_535, [0, 65_535]],
  ],
  [
    "a modality table whose greatest entry lies between",
    {
      "00280120 US": [1],
      "00283000 SQ": [{ "00283002 US": [4, 0, 8], "00283006 US": [2, 20, 9, 3] }],
      "7fe00010 OW": [0, 1, 2, 3],
    },
    [[0, 0, 65_535, 9362], 65_535, [0, 65_535]],
  ],
  [
    "a modality table of one value",
    { ...pixels, "00283000 SQ": [{ "00283002 US": [2, 0, 8], "00283006 US": [7, 7] }] },
    [[0, 0, 0, 0], 65_535, [0, 65_535]],
  ],
];
for (const [what, elements, [levels, top, [low, high]]] of exact) {
  test(`decodeGrayLevels: the levels of ${what}, one by one`, async () => {
    const found = await decodeGrayLevels(dicomFile({ ...GRAY_2X2, ...elements }), "x.dcm");
    assert.deepEqual(
      { ...found, levels: [...found.levels] },
      {
        width: 2,
        height: 2,
        levels,
        top,
        window: { low, high },
      },
    );
  });
}

test("decodeGrayLevels: a rescale whose numbers binary fractions cannot hold leaves the levels as they are", async () => {
  for (const [slope, intercept] of [
    ["0.1", "0.7"],
    ["0.2442", "-24.5"],
    ["-0.3", "0.1"],
  ]) {
    const rescaled = { ...pixels, "00281052 DS": intercept, "00281053 DS": slope };
    const { levels } = await decodeGrayLevels(dicomFile({ ...GRAY_2X2, ...rescaled }), "x.dcm");
    const expected = [100, 101, 180, 300].map((level) =>
      Number(slope) < 0 ? 65_535 - level : level,
    );
    assert.deepEqual([...levels], expected, slope);
  }
});

test("decodeGrayLevels: of colour its luminance, in 16 bits", async () => {
  const color = {
    "00280002 US": [3],
    "00280006 US": [0],
    "00280100 US": [8],
    "00280101 US": [8],
    "00280102 US": [7],
  };
  for (const [photometric, samples] of [
    ["RGB", [1, 1, 1, 2, 2, 2, 3, 3, 3, 255, 255, 255]],
    ["YBR_FULL", [1, 128, 128, 2, 128, 128, 3, 128, 128, 255, 128, 128]],
  ] as const) {
    const picture = { "00280004 CS": photometric, "7fe00010 OW": Uint8Array.from(samples) };
    const file = dicomFile({ ...GRAY_2X2, ...color, ...picture });
    const { levels, top, window } = await decodeGrayLevels(file, "x.dcm");
    assert.deepEqual([...levels], [257, 514, 771, 65_535], photometric);
    assert.deepEqual([top, window], [65_535, { low: 0, high: 65_535 }]);
  }
});

test("decodeGrayLevels: a PNG of 8 bits has 256 levels", async () => {
  const raw = Uint8Array.of(0, 1, 128, 255);
  const png = await sharp(raw, { raw: { width: 2, height: 2, channels: 1 } })
    .png()
    .toBuffer();
  const { levels, top, window } = await decodeGrayLevels(png, "x.png");
  assert.deepEqual([[...levels], top, window], [[...raw], 255, { low: 0, high: 255 }]);
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
