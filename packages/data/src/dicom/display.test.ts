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

test("display: the ends of a range of padding belong to it", () =>
  check(
    { "00280120 US": [400], "00280121 US": [300], "7fe00010 OW": [0, 299, 300, 400] },
    [0, 1, 0, 0],
  ));
test("display: a window of one step, and none narrower but an exact one", async () => {
  const values = { "7fe00010 OW": [98, 99, 100, 101] };
  // Values up to center - 0.5 are black, those above white.
  await check({ ...values, "00281050 DS": "100", "00281051 DS": "1" }, [0, 0, 1, 1]);
  const narrow = { ...values, "00281050 DS": "99.5", "00281051 DS": "0.5" };
  await check(narrow, [0, 1 / 3, 2 / 3, 1]);
  await check({ ...narrow, "00281056 CS": "LINEAR_EXACT" }, [0, 0, 1, 1]);
});
test("display: a window needs both of its numbers", async () => {
  for (const [center, width] of [
    ["NaN\\150", "300\\101"],
    ["100\\150", "\\101"],
  ]) {
    await check({ "00281050 DS": center, "00281051 DS": width }, [0, 0.005, 1, 1]);
  }
});
test("display: every pixel of 8 bits and of signed values, the first one bright", async () => {
  const inverted = { "00280004 CS": "MONOCHROME1" };
  const byte = { "00280100 US": [8], "00280101 US": [8], "00280102 US": [7] };
  await check(
    { ...inverted, ...byte, "7fe00010 OW": Uint8Array.of(0, 51, 102, 255) },
    [1, 0.8, 0.6, 0],
  );
  const signed = { "00280103 US": [1] };
  await check({ ...inverted, ...signed, "7fe00010 OW": [-100, 0, 100, 300] }, [1, 0.75, 0.5, 0]);
  // Eight bits are signed numbers as well, and may hold fewer than eight.
  await check({ ...byte, ...signed, "7fe00010 OW": Uint8Array.of(0x80, 0, 0x7f, 0xff) }, [
    0,
    128 / 255,
    1,
    127 / 255,
  ]);
  const seven = { ...byte, "00280101 US": [7], "00280102 US": [6] };
  await check({ ...seven, "7fe00010 OW": Uint8Array.of(0x80, 0x7f, 0xff, 0x40) }, [
    0,
    1,
    1,
    64 / 127,
  ]);
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
test("display: a window of which only one number is there, or none", async () => {
  const unusable = (written: string) => [
    `no window can be used (${written}); the full range of the values is shown`,
  ];
  assert.deepEqual(await notesOf({ "00281050 DS": "200" }), unusable('center "200", width ""'));
  assert.deepEqual(await notesOf({ "00281051 DS": "400" }), unusable('center "", width "400"'));
  assert.deepEqual(await notesOf({}), []);
});
test("display: an intercept that cannot be read, and a rescale beside a table that replaces it", async () => {
  const intercept = (written: string) => notesOf({ "00281052 DS": written, "00281053 DS": "1" });
  assert.deepEqual(await intercept("none"), [
    'the rescale intercept "none" cannot be read; 0 is taken',
  ]);
  assert.deepEqual(await intercept("0"), []);
  const unreadable = { "00281052 DS": "none", "00281053 DS": "0" };
  assert.equal((await notesOf(unreadable)).length, 2);
  assert.deepEqual(await notesOf({ ...unreadable, "00283000 SQ": [lut(10, 20, 50)] }), []);
});
test("display: a picture of one grey says so", async () => {
  const window = { "00281050 DS": "150", "00281051 DS": "101" };
  assert.deepEqual(await notesOf({ ...window, "7fe00010 OW": [150, 150, 150, 150] }), [
    "the picture is all one grey: every stored value is 150",
  ]);
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

const SIGNED = { "00280103 US": [1] };
const TWELVE_SIGNED = { ...SIGNED, "00280101 US": [12], "00280102 US": [11] };
const HIGH = { "7fe00010 OW": [50_000, 50_001, 50_002, 60_000] };
const line = (slope: number, intercept: number) => ({
  "00281052 DS": `${intercept}`,
  "00281053 DS": `${slope}`,
});
/** Whether a rescaled value may be below zero, of all that the bits could hold. */
const rescales: readonly (readonly [elements: Record<string, Value>, mayBeNegative: boolean])[] = [
  [{}, false],
  [line(1, -1), true],
  [{ ...HIGH, ...line(-1, 65_535) }, false],
  [{ ...HIGH, ...line(-1, 65_534) }, true],
  [SIGNED, true],
  [{ ...TWELVE_SIGNED, ...line(1, 2048) }, false],
  [{ ...TWELVE_SIGNED, ...line(1, 2047) }, true],
  [{ ...TWELVE_SIGNED, ...line(-1, 2047) }, false],
  [{ ...TWELVE_SIGNED, ...line(-1, 2046) }, true],
];
test("display: a VOI LUT's first value is signed exactly where a rescaled value may be negative", async () => {
  // The table begins above all values as an unsigned number, and ends below them as a signed one.
  const table = { "00283010 SQ": [{ "00283002 US": [2, 40_000, 8], "00283006 US": [0, 255] }] };
  for (const [elements, mayBeNegative] of rescales) {
    const file = dicomFile({ ...GRAY_2X2, ...elements, ...table });
    const { pixels } = await readDicom(file, "test.dcm");
    const shown = mayBeNegative ? 1 : 0;
    assert.deepEqual([...pixels], Array(4).fill(shown), JSON.stringify(elements));
  }
});
test("display: a first value that is written as a signed number is one, whatever the values", async () => {
  const item = { "00283002 SS": [3, -1, 8], "00283006 US": [0, 51, 255] };
  await check({ "00283010 SQ": [item], "7fe00010 OW": [0, 1, 2, 3] }, [0.2, 1, 1, 1]);
});
test("display: a look-up table of bytes, padded to an even number", () =>
  check(
    {
      "00283010 SQ": [{ "00283002 US": [3, 100, 8], "00283006 OW": Uint8Array.of(51, 102, 255) }],
      "7fe00010 OW": [99, 100, 101, 102],
    },
    [0.2, 0.2, 0.4, 1],
  ));
test("display: a table is looked up at the nearest whole number", () =>
  check(
    {
      "00281052 DS": "0",
      "00281053 DS": "0.75",
      "00283010 SQ": [{ "00283002 US": [4, 0, 8], "00283006 US": [0, 51, 102, 255] }],
      // 0.75, 1.5, 2.25 and 3.
      "7fe00010 OW": [1, 2, 3, 4],
    },
    [0.2, 0.4, 0.4, 1],
  ));
test("display: a table's greatest entry decides its bits where its descriptor gives the storage size", () =>
  check(
    {
      "00283010 SQ": [{ "00283002 US": [4, 0, 16], "00283006 US": [0, 73, 146, 256] }],
      "7fe00010 OW": [0, 1, 2, 3],
    },
    // 256 takes nine bits.
    [0, 73 / 511, 146 / 511, 256 / 511],
  ));
test("display: a look-up table without a whole descriptor is refused", async () => {
  const entries = [0, 255, 255, 255];
  const read = (descriptor: number[], data: readonly number[] | null = entries) => {
    const item = { "00283002 US": descriptor, ...(data && { "00283006 US": data }) };
    return readDicom(dicomFile({ ...GRAY_2X2, "00283010 SQ": [item] }), "test.dcm");
  };
  for (const descriptor of [[], [4], [4, 0], [4, 0, 0], [4, 0, 17], [9, 0, 8]]) {
    await assert.rejects(read(descriptor), { code: "damaged" }, descriptor.join());
  }
  await assert.rejects(read([4, 0, 8], null), { code: "damaged" });
  // One bit, sixteen, and as many bytes as entries.
  for (const descriptor of [
    [4, 0, 1],
    [4, 0, 16],
    [8, 0, 8],
  ]) {
    assert.equal((await read(descriptor)).display.kind, "lut", descriptor.join());
  }
});
