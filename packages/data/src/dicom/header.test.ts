import assert from "node:assert/strict";
import { test } from "node:test";
import { DataError } from "../errors.ts";
import { readDicom } from "./read-dicom.ts";
import { compressedFile, dicomFile, GRAY_2X2, type Value } from "./test-dicom.ts";

type Change = Record<string, Value | null>;

async function refuses(bytes: Uint8Array, code: string, message: RegExp): Promise<void> {
  await assert.rejects(
    () => readDicom(bytes, "x.dcm"),
    (error) => {
      assert.ok(error instanceof DataError);
      assert.equal(error.code, code);
      assert.match(error.message, message);
      return true;
    },
  );
}

const refusesHeader = (change: Change, code: string, message: RegExp) =>
  refuses(dicomFile({ ...GRAY_2X2, ...change }), code, message);

const COLOR: Change = {
  "00280002 US": [3],
  "00280004 CS": "RGB",
  "00280006 US": [0],
  "00280100 US": [8],
  "00280101 US": [8],
  "00280102 US": [7],
};

async function checkColor(change: Change, expected: readonly number[]): Promise<void> {
  const { stored, pixels } = await readDicom(dicomFile({ ...GRAY_2X2, ...COLOR, ...change }), "x");
  assert.equal(pixels.length, expected.length);
  for (const [i, value] of expected.entries()) {
    assert.ok(Math.abs(pixels[i] * 255 - value) < 1e-3, `pixel ${i}: ${pixels[i] * 255}`);
  }
  assert.ok(Math.abs(stored.max - Math.max(...expected)) < 1e-3);
}

test("readDicom: an object without pixels says what it is", () =>
  refusesHeader(
    { "00080060 CS": "SR", "7fe00010 OW": null },
    "no-pixels",
    /without pixels \(SR\)/,
  ));
test("readDicom: pixels without rows are no image", () =>
  refusesHeader({ "00280010 US": null }, "no-pixels", /without pixels/));
test("readDicom: several frames are refused", () =>
  refusesHeader({ "00280008 IS": "12" }, "unsupported", /a single frame, got 12 frames/));
test("readDicom: a count of frames that is 0, empty or oddly written is of the one that is there", async () => {
  for (const frames of ["0", "", "1 ", "+1", "01"]) {
    const file = dicomFile({ ...GRAY_2X2, "00280008 IS": frames });
    assert.equal((await readDicom(file, "x.dcm")).width, 2, frames);
  }
});
test("readDicom: a photometric interpretation in small letters", async () => {
  const file = dicomFile({ ...GRAY_2X2, "00280004 CS": "Monochrome1" });
  assert.equal((await readDicom(file, "x.dcm")).photometric, "MONOCHROME1");
});
test("readDicom: palette colour is refused", () =>
  refusesHeader({ "00280004 CS": "PALETTE COLOR" }, "unsupported", /got PALETTE COLOR/));
test("readDicom: grey of three samples contradicts itself", () =>
  refusesHeader({ "00280002 US": [3] }, "damaged", /1 samples a pixel for MONOCHROME2, got 3/));
test("readDicom: 32 bits allocated are refused", () =>
  refusesHeader({ "00280100 US": [32] }, "unsupported", /8 or 16 bits allocated, got 32/));
test("readDicom: more bits stored than allocated contradict each other", () =>
  refusesHeader({ "00280101 US": [17] }, "damaged", /17 bits up to bit 15/));
test("readDicom: bits that are not said are all that are allocated, up to the last of those stored", async () => {
  const read = async (change: Change) => {
    const { bitsStored, stored } = await readDicom(
      dicomFile({ ...GRAY_2X2, "00280002 US": null, "00280102 US": null, ...change }),
      "x.dcm",
    );
    return [bitsStored, stored.max];
  };
  const pixels = { "7fe00010 OW": [0, 1, 2, 0x8fff] };
  assert.deepEqual(await read({ ...pixels, "00280101 US": null }), [16, 0x8fff]);
  assert.deepEqual(await read({ ...pixels, "00280101 US": [12] }), [12, 0xfff]);
  assert.deepEqual(await read({ ...pixels, "00280101 US": [1] }), [1, 1]);
});
test("readDicom: bits stored that do not lie within those allocated", async () => {
  for (const [stored, high] of [
    [0, 0],
    [12, 16],
    [12, 10],
    [16, 14],
  ]) {
    await refusesHeader(
      { "00280101 US": [stored], "00280102 US": [high] },
      "damaged",
      new RegExp(`${stored} bits up to bit ${high}$`),
    );
  }
});
test("readDicom: the most values that an image may have, of all its samples", async () => {
  const sized = (rows: number, columns: number, change: Change = {}) => ({
    "00280010 US": [rows],
    "00280011 US": [columns],
    ...change,
  });
  // 2^27: not too many, but not there.
  await refusesHeader(sized(16_384, 8_192), "truncated", /268435456 bytes of pixels, got 8/);
  await refusesHeader(sized(16_384, 8_193), "damaged", /8193 x 16384/);
  await refusesHeader(sized(8_192, 8_192, COLOR), "damaged", /8192 x 8192/);
});
test("readDicom: an image of no columns is refused", () =>
  refusesHeader({ "00280011 US": [0] }, "damaged", /got 0 x 2/));
test("readDicom: a size beyond any detector is refused before memory is asked for", () =>
  refusesHeader({ "00280010 US": [65_535], "00280011 US": [65_535] }, "damaged", /65535 x 65535/));
test("readDicom: fewer pixels than rows and columns are a cut file", () =>
  refusesHeader({ "7fe00010 OW": [1, 2, 3] }, "truncated", /8 bytes of pixels, got 6/));
test("readDicom: an unknown transfer syntax is named", () =>
  refuses(
    dicomFile(GRAY_2X2, "1.2.840.10008.1.2.4.100"),
    "unsupported",
    /1\.2\.840\.10008\.1\.2\.4\.100/,
  ));
test("readDicom: fragments under an uncompressed syntax contradict it", () =>
  refuses(
    compressedFile(GRAY_2X2, "1.2.840.10008.1.2.1", Buffer.alloc(8)),
    "damaged",
    /fragments/,
  ));
test("readDicom: plain pixels under a compressed syntax contradict it", () =>
  refuses(dicomFile(GRAY_2X2, "1.2.840.10008.1.2.5"), "damaged", /fixed length/));
test("readDicom: compressed pixels without a fragment are none", () =>
  refuses(compressedFile(GRAY_2X2, "1.2.840.10008.1.2.4.70"), "no-pixels", /no fragment/));
test("readDicom: a stream of another size than the header's is refused", () =>
  refuses(
    compressedFile(
      GRAY_2X2,
      "1.2.840.10008.1.2.4.70",
      // SOI, SOF3 of 12 bits, 3 rows, 4 columns, 1 component, EOI.
      Buffer.from("ffd8ffc3000b0c00030004010111 00ffd9".replace(" ", ""), "hex"),
    ),
    "damaged",
    /2 x 2 pixels .* a jpeg stream of 4 x 3/,
  ));

test("readDicom: colour becomes luminance, grey exactly itself", () =>
  checkColor(
    { "7fe00010 OW": Uint8Array.of(9, 9, 9, 100, 0, 0, 0, 100, 0, 0, 0, 100) },
    [9, 29.9, 58.7, 11.4],
  ));
test("readDicom: colour by planes", () =>
  checkColor(
    {
      "00280006 US": [1],
      "7fe00010 OW": Uint8Array.of(9, 100, 0, 0, 9, 0, 100, 0, 9, 0, 0, 100),
    },
    [9, 29.9, 58.7, 11.4],
  ));
test("readDicom: of YCbCr, the first component", () =>
  checkColor(
    {
      "00280004 CS": "YBR_FULL",
      "7fe00010 OW": Uint8Array.of(1, 128, 128, 2, 128, 128, 3, 128, 128, 4, 128, 128),
    },
    [1, 2, 3, 4],
  ));
test("readDicom: of YCbCr by planes, the first plane", () =>
  checkColor(
    {
      "00280004 CS": "YBR_FULL",
      "00280006 US": [1],
      "7fe00010 OW": Uint8Array.of(1, 2, 3, 4, 128, 128, 128, 128, 128, 128, 128, 128),
    },
    [1, 2, 3, 4],
  ));
test("readDicom: of colour, the range of its luminance, and its full range is shown", async () => {
  const colors = Uint8Array.of(10, 10, 10, 100, 0, 0, 0, 100, 0, 255, 255, 255);
  const { stored, displayed, display, notes } = await readDicom(
    dicomFile({ ...GRAY_2X2, ...COLOR, "7fe00010 OW": colors }),
    "x",
  );
  assert.deepEqual([stored.min, stored.max], [10, 255]);
  assert.ok(Math.abs(stored.mean - (10 + 29.9 + 58.7 + 255) / 4) < 1e-5);
  assert.ok(Math.abs(displayed.min - 10 / 255) < 1e-7 && displayed.max === 1);
  assert.deepEqual(display, { kind: "full range", low: 0, high: 255 });
  assert.deepEqual(notes, []);
});
test("readDicom: halved chroma without compression is refused", () =>
  refusesHeader({ ...COLOR, "00280004 CS": "YBR_FULL_422" }, "unsupported", /YBR_FULL_422/));
test("readDicom: an odd count of 8-bit pixels, padded to even", async () => {
  const file = dicomFile({
    ...GRAY_2X2,
    ...COLOR,
    "00280002 US": [1],
    "00280004 CS": "MONOCHROME2",
    "00280010 US": [1],
    "00280011 US": [3],
    "7fe00010 OW": Uint8Array.of(0, 51, 255),
  });
  assert.deepEqual((await readDicom(file, "x")).pixels, Float32Array.of(0, 0.2, 1));
});
