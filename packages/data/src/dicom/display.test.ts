import assert from "node:assert/strict";
import { test } from "node:test";
import { DataError } from "../errors.ts";
import { readDicom } from "./read-dicom.ts";
import { dicomFile, GRAY_2X2, type Value } from "./test-dicom.ts";

async function check(
  elements: Record<string, Value | null>,
  expected: readonly number[],
): Promise<void> {
  const { pixels } = await readDicom(dicomFile({ ...GRAY_2X2, ...elements }), "test.dcm");
  assert.equal(pixels.length, expected.length);
  expected.forEach((value, i) => {
    assert.ok(Math.abs(pixels[i] - value) < 1e-6, `pixel ${i}: ${pixels[i]}, expected ${value}`);
  });
}

const lut = (...entries: number[]) => ({
  "00283002 US": [entries.length, 100, 8],
  "00283006 US": entries,
});

test("display: without a window, the full range of the values", () => check({}, [0, 0.25, 0.5, 1]));
test("display: MONOCHROME1 is inverted", () =>
  check({ "00280004 CS": "MONOCHROME1" }, [1, 0.75, 0.5, 0]));
test("display: one value everywhere is black", () =>
  check({ "7fe00010 OW": [7, 7, 7, 7] }, [0, 0, 0, 0]));
test("display: a linear window, by the formula of PS3.3 C.11.2.1.2.1", () =>
  check({ "00281050 DS": "150", "00281051 DS": "101" }, [0, 0.005, 1, 1]));
test("display: an exact linear window", () =>
  check(
    { "00281050 DS": "150", "00281051 DS": "200", "00281056 CS": "LINEAR_EXACT" },
    [0, 0.25, 0.75, 1],
  ));
test("display: a sigmoid window", () =>
  check({ "00281050 DS": "200", "00281051 DS": "400", "00281056 CS": "SIGMOID" }, [
    1 / (1 + Math.exp(2)),
    1 / (1 + Math.E),
    0.5,
    1 / (1 + Math.exp(-2)),
  ]));
test("display: the first of several windows counts", () =>
  check(
    { "00281050 DS": "200\\0", "00281051 DS": "400\\1", "00281056 CS": "LINEAR_EXACT" },
    [0, 0.25, 0.5, 1],
  ));
test("display: a window without width is passed over", () =>
  check({ "00281050 DS": "200", "00281051 DS": "0" }, [0, 0.25, 0.5, 1]));
test("display: the window applies to rescaled values", () =>
  check(
    {
      "00281050 DS": "0",
      "00281051 DS": "800",
      "00281052 DS": "-400",
      "00281053 DS": "2",
      "00281056 CS": "LINEAR_EXACT",
    },
    [0, 0.25, 0.5, 1],
  ));
test("display: signed values below zero are darker than zero", () =>
  check({ "00280103 US": [1], "7fe00010 OW": [-100, 0, 100, 300] }, [0, 0.25, 0.5, 1]));
test("display: bits outside the bits stored are not part of the value", () =>
  check(
    {
      "00280101 US": [10],
      "00280102 US": [9],
      "7fe00010 OW": [0xfc00, 0x0400 + 256, 512, 0xf000 + 1023],
    },
    [0, 256 / 1023, 512 / 1023, 1],
  ));
test("display: ten signed bits are sign-extended", () =>
  check(
    {
      "00280101 US": [10],
      "00280102 US": [9],
      "00280103 US": [1],
      "7fe00010 OW": [0x200, 0, 0x3ff, 511],
    },
    [0, 512 / 1023, 511 / 1023, 1],
  ));
test("display: padding is black and does not stretch the range", () =>
  check({ "00280120 US": [400], "7fe00010 OW": [0, 100, 200, 400] }, [0, 0.5, 1, 0]));
test("display: a range of padding is black, inverted or not", () =>
  check(
    {
      "00280004 CS": "MONOCHROME1",
      "00280120 US": [400],
      "00280121 US": [300],
      "7fe00010 OW": [0, 200, 350, 400],
    },
    [1, 0, 0, 0],
  ));
test("display: padding amid the values is black, inverted or not", () =>
  check(
    { "00280004 CS": "MONOCHROME1", "00280120 US": [100], "7fe00010 OW": [0, 100, 200, 400] },
    [1, 0, 0.5, 0],
  ));
test("display: nothing but padding is black", () =>
  check({ "00280120 US": [5], "7fe00010 OW": [5, 5, 5, 5] }, [0, 0, 0, 0]));
test("display: a VOI LUT goes before the window, its ends hold beyond", () =>
  check(
    {
      "00281050 DS": "150",
      "00281051 DS": "101",
      "00283010 SQ": [lut(51, 102, 255)],
      "7fe00010 OW": [0, 100, 101, 400],
    },
    [0.2, 0.2, 0.4, 1],
  ));
test("display: a modality LUT replaces the rescale", () =>
  check(
    { "00283000 SQ": [lut(10, 20, 50)], "7fe00010 OW": [100, 101, 102, 103] },
    [0, 0.25, 1, 1],
  ));

test("display: a count of 0 stands for 65,536 entries", () =>
  check(
    {
      "00283010 SQ": [
        {
          "00283002 US": [0, 0, 16],
          "00283006 OW": Array.from({ length: 65_536 }, (_, i) => 65_535 - i),
        },
      ],
      "7fe00010 OW": [0, 13_107, 52_428, 65_535],
    },
    [1, 0.8, 0.2, 0],
  ));

test("display: a cut look-up table is refused", async () => {
  const cutLut = { "00283002 US": [9, 0, 8], "00283006 US": [1, 2] };
  const file = dicomFile({ ...GRAY_2X2, "00283010 SQ": [cutLut] });
  await assert.rejects(
    () => readDicom(file, "test.dcm"),
    (error) => error instanceof DataError && /look-up table of 9 entries/.test(error.message),
  );
});

async function notesOf(elements: Record<string, Value | null>): Promise<readonly string[]> {
  return (await readDicom(dicomFile({ ...GRAY_2X2, ...elements }), "test.dcm")).notes;
}

test("display: the first window that can be used, of several", async () => {
  const windows = [
    ["0\\150", "0\\101"],
    ["\\150", "\\101"],
    ["NaN\\150", "NaN\\101"],
    ["100\\150", "-5\\101"],
    ["150,0", "101,0"],
  ];
  for (const [center, width] of windows) {
    await check({ "00281050 DS": center, "00281051 DS": width }, [0, 0.005, 1, 1]);
  }
});
test("display: a window that cannot be used is said", async () => {
  for (const width of ["-400", "NaN", "0"]) {
    const notes = await notesOf({ "00281050 DS": "200", "00281051 DS": width });
    assert.match(notes.join(), /no window can be used \(center "200", width /);
  }
  assert.deepEqual(await notesOf({ "00281050 DS": "200", "00281051 DS": "400" }), []);
});
test("display: a window beside the values makes a picture all black or white, and says so", async () => {
  const dark = await notesOf({ "00281050 DS": "20000", "00281051 DS": "100" });
  assert.match(dark.join(), /all black, though its stored values differ/);
  const bright = await notesOf({ "00281050 DS": "-20000", "00281051 DS": "100" });
  assert.match(bright.join(), /all white, though/);
  assert.match((await notesOf({ "7fe00010 OW": [7, 7, 7, 7] })).join(), /every stored value is 7/);
});
test("display: a slope with a decimal comma, and one that cannot be meant", async () => {
  const window = { "00281050 DS": "50", "00281051 DS": "101" };
  await check({ ...window, "00281052 DS": "0", "00281053 DS": "0,5" }, [0.005, 0.505, 1, 1]);
  for (const slope of ["0", "one"]) {
    await check({ "00281052 DS": "0", "00281053 DS": slope }, [0, 0.25, 0.5, 1]);
    assert.match((await notesOf({ "00281053 DS": slope })).join(), /rescale slope ".*1 is taken/);
  }
});
test("display: polarity that contradicts itself is said", async () => {
  const polarities = [
    ["MONOCHROME1", "INVERSE", false],
    ["MONOCHROME1", "IDENTITY", true],
    ["MONOCHROME2", "IDENTITY", false],
    ["MONOCHROME2", "INVERSE", true],
  ] as const;
  for (const [photometric, shape, contradicts] of polarities) {
    const notes = await notesOf({ "00280004 CS": photometric, "20500020 CS": shape });
    assert.equal(
      /contradict each other/.test(notes.join()),
      contradicts,
      `${photometric} ${shape}`,
    );
  }
});

for (const syntax of ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"]) {
  test(`display: a VOI LUT that begins below zero, where no pixel does, ${syntax}`, async () => {
    const table = Array.from({ length: 1024 }, (_, i) => i);
    const elements = {
      ...GRAY_2X2,
      "00280101 US": [12],
      "00280102 US": [11],
      "00281052 DS": "-512",
      "00281053 DS": "1",
      "00283010 SQ": [{ "00283002 SS": [1024, -512, 10], "00283006 US": table }],
      "7fe00010 OW": [512, 600, 700, 1023],
    };
    const { pixels } = await readDicom(dicomFile(elements, syntax), "test.dcm");
    assert.deepEqual(
      [...pixels],
      [512, 600, 700, 1023].map((value) => Math.fround(value / 1023)),
    );
  });
}

test("display: a VOI LUT whose descriptor gives the storage size, or fewer bits than its entries", async () => {
  const tables: readonly (readonly [bits: number, entries: number[], greatest: number])[] = [
    [16, [0, 1024, 2048, 4095], 4095],
    [16, [0, 64, 128, 255], 255],
    [8, [0, 16384, 32768, 65535], 65535],
    // A table that is not to reach white keeps its range.
    [12, [0, 500, 1000, 2000], 4095],
    [16, [0, 16384, 32768, 65535], 65535],
  ];
  for (const [bits, entries, greatest] of tables) {
    const item = { "00283002 US": [4, 0, bits], "00283006 US": entries };
    const shares = entries.map((entry) => entry / greatest);
    await check({ "00283010 SQ": [item], "7fe00010 OW": [0, 1, 2, 3] }, shares);
  }
});
