import assert from "node:assert/strict";
import { test } from "node:test";
import { DataError } from "../errors.ts";
import { readDicom } from "./read-dicom.ts";
import { compressedFile, dicomFile, GRAY_2X2 } from "./test-dicom.ts";
import { type Layout, pictureFiles, type Syntax } from "./test-encoders.ts";

/** Reads a picture compressed and plain, and compares. */
async function check(syntax: Syntax, layout: Layout, tolerance = 0): Promise<void> {
  const { compressed, plain } = await pictureFiles(syntax, layout);
  const got = await readDicom(compressed, "compressed");
  const expected = await readDicom(plain, "plain");
  const unit = expected.stored.max - expected.stored.min;
  const worst = got.pixels.reduce(
    (w, v, i) => Math.max(w, Math.abs(v - expected.pixels[i]) * unit),
    0,
  );
  assert.ok(worst <= tolerance + 1e-3, `off by ${worst} of ${unit}`);
  if (tolerance === 0) assert.deepEqual(got.stored, expected.stored);
}

const LOSSLESS = [
  "1.2.840.10008.1.2.4.57",
  "1.2.840.10008.1.2.4.70",
  "1.2.840.10008.1.2.4.80",
  "1.2.840.10008.1.2.4.90",
  "1.2.840.10008.1.2.4.201",
  "1.2.840.10008.1.2.4.202",
  "1.2.840.10008.1.2.5",
] as const;

for (const syntax of LOSSLESS) {
  test(`readDicom: ${syntax} of 8, 12 and 16 bits is exact`, async () => {
    for (const bits of [8, 12, 16] as const) {
      await check(syntax, { bits, signed: false, samples: 1 });
    }
  });
  test(`readDicom: ${syntax} of RGB is exact`, () =>
    check(syntax, { bits: 8, signed: false, samples: 3 }));
}
for (const syntax of [
  "1.2.840.10008.1.2.4.90",
  "1.2.840.10008.1.2.4.70",
  "1.2.840.10008.1.2.5",
] as const) {
  test(`readDicom: ${syntax} of signed values is exact`, async () => {
    await check(syntax, { bits: 12, signed: true, samples: 1 });
    await check(syntax, { bits: 16, signed: true, samples: 1 });
  });
}

test("readDicom: JPEG baseline of 8 bits is close", () =>
  check("1.2.840.10008.1.2.4.50", { bits: 8, signed: false, samples: 1 }, 3));
test("readDicom: JPEG baseline of RGB is close", () =>
  check("1.2.840.10008.1.2.4.50", { bits: 8, signed: false, samples: 3 }, 4));
test("readDicom: JPEG extended of 12 bits, as dcmtk writes it, is close", async () => {
  const layout = {
    ...GRAY_2X2,
    "00280010 US": [16],
    "00280011 US": [16],
    "00280101 US": [12],
    "00280102 US": [11],
  };
  const values = Array.from({ length: 256 }, (_, i) =>
    Math.round((((i % 16) + (i >> 4)) / 30) * 4095 * 0.9),
  );
  const plain = await readDicom(dicomFile({ ...layout, "7fe00010 OW": values }), "plain");
  const stream = Buffer.from(EXTENDED_12_BITS, "base64");
  const got = await readDicom(compressedFile(layout, "1.2.840.10008.1.2.4.51", stream), "jpeg");
  assert.ok(Math.abs(got.stored.mean - plain.stored.mean) < 5, `${got.stored.mean}`);
  assert.ok(Math.abs(got.stored.max - plain.stored.max) < 60, `${got.stored.max}`);
});
test("readDicom: JPEG-LS near-lossless keeps its bound", () =>
  check("1.2.840.10008.1.2.4.81", { bits: 12, signed: false, samples: 1 }, 4));
test("readDicom: JPEG 2000 lossy is close", () =>
  check("1.2.840.10008.1.2.4.91", { bits: 12, signed: false, samples: 1 }, 30));
test("readDicom: HTJ2K lossy is close", () =>
  check("1.2.840.10008.1.2.4.203", { bits: 12, signed: false, samples: 1 }, 30));

test("readDicom: after a damaged stream the next one is read", async () => {
  const damaged = compressedFile(
    GRAY_2X2,
    "1.2.840.10008.1.2.4.80",
    Buffer.from("ffd8fff7000b1000200020010111000000ffd9", "hex"),
  );
  await assert.rejects(() => readDicom(damaged, "bad.dcm"), DataError);
  await check("1.2.840.10008.1.2.4.80", { bits: 12, signed: false, samples: 1 });
});

/** The picture of the test above through `dcmcjpeg +ee +q 90` (dcmtk 3.6.7). */
const EXTENDED_12_BITS =
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDg" +
  "sLEBYQERMUFRUVDA8XGBYUGBIUFRT/wQALDAAQABABAREA/8QAFQABAQAAAAAAAAAAAAAAAAAADAD/xAAbEAABBAMA" +
  "AAAAAAAAAAAAAAALACc3RFRhcf/aAAgBAQAAPwAc+OgHQRi2ONR5pKPR0A6CMWxxqPNKHQDoIxbHGo80lHo6AdBGLY" +
  "41Hml////Z";
