/** A picture is taken over from another file only where that file would have given the same one. */
import assert from "node:assert/strict";
import test from "node:test";
import { type Deidentification, deidentify } from "./deidentify/deidentify.ts";
import { readDicomImage } from "./read-dicom.ts";
import { dicomFile, type Elements, GRAY_2X2, type Value } from "./test-dicom.ts";

const plan: Deidentification = {
  pseudonym: "A-0001",
  key: Buffer.alloc(32, 7),
  shiftDays: -100,
  burnedIn: "refuse",
};

const lut = (...table: number[]): Elements => ({
  "00283002 US": [table.length, 100, 8],
  "00283006 US": table,
});

const ankle = {
  ...GRAY_2X2,
  "00081030 LO": "Ankle of Mrs Petrosyan",
  "00100010 PN": "Petrosyan^Ani",
  "00181164 DS": "0.1",
  "00281050 DS": "150",
  "00281051 DS": "300",
};
const withLut = { ...GRAY_2X2, "00283010 SQ": [lut(10, 20, 50)] };

const SYNTAXES = [
  ["implicit little endian", "1.2.840.10008.1.2"],
  ["explicit little endian", "1.2.840.10008.1.2.1"],
  ["deflated", "1.2.840.10008.1.2.1.99"],
  ["explicit big endian", "1.2.840.10008.1.2.2"],
] as const;

for (const [name, syntax] of SYNTAXES) {
  for (const [what, elements] of Object.entries({ ankle, withLut })) {
    test(`readDicomImage: de-identified, ${what} in ${name} is not decoded again`, async () => {
      const file = dicomFile(elements, syntax);
      const before = await readDicomImage(file, "a");
      const clean = deidentify(file, plan, "a");
      const after = await readDicomImage(clean, "a", before);
      assert.equal(after.picture, before.picture);
      assert.deepEqual(after.radiograph, (await readDicomImage(clean, "a")).radiograph);
    });
  }
}

const CHANGES: readonly [string, Readonly<Record<string, Value | null>>, Elements][] = [
  ["a pixel", { "7fe00010 OW": [0, 100, 200, 401] }, ankle],
  ["the window", { "00281051 DS": "310" }, ankle],
  ["the window, gone", { "00281050 DS": null }, ankle],
  ["the polarity", { "00280004 CS": "MONOCHROME1" }, ankle],
  ["the sign", { "00280103 US": [1] }, ankle],
  ["the bits", { "00280101 US": [12], "00280102 US": [11] }, ankle],
  ["a rescale", { "00281052 DS": "-50", "00281053 DS": "2" }, ankle],
  ["a look-up table's entry", { "00283010 SQ": [lut(10, 21, 50)] }, withLut],
  ["a look-up table, gone", { "00283010 SQ": null }, withLut],
  ["a look-up table more", { "00283010 SQ": [lut(10, 20, 50), lut(1, 2, 3)] }, withLut],
  ["the shape of the picture", { "00280010 US": [1], "00280011 US": [4] }, ankle],
];
for (const [what, change, elements] of CHANGES) {
  test(`readDicomImage: another file in ${what} is decoded for itself`, async () => {
    const before = await readDicomImage(dicomFile(elements), "a");
    const file = dicomFile({ ...elements, ...change });
    const after = await readDicomImage(file, "a", before);
    assert.notEqual(after.picture, before.picture);
    assert.deepEqual(after.radiograph, (await readDicomImage(file, "a")).radiograph);
  });
}

test("readDicomImage: what is no part of the picture is each file's own", async () => {
  const before = await readDicomImage(dicomFile(ankle), "a");
  const file = dicomFile({ ...ankle, "00181164 DS": "0.2" });
  const { radiograph, picture } = await readDicomImage(file, "a", before);
  assert.equal(picture, before.picture);
  assert.deepEqual(radiograph.pixelSpacingMm, [0.2, 0.2]);
});
