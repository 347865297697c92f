/** DICOM files as the page reads them; PNG and JPEG files need a browser (`test/reading-room/analyse.test.ts`). */
import assert from "node:assert/strict";
import test from "node:test";
import { decodeRadiograph } from "@malleolus/data";
import { compressedFile, dicomFile, GRAY_2X2 } from "@malleolus/data/test-dicom";
import { PictureError, type PictureFault } from "./picture.ts";
import { readPicture } from "./read-picture.ts";

test("readPicture: a DICOM file has the server's pixels and millimetres", async () => {
  const file = dicomFile({
    ...GRAY_2X2,
    "00280004 CS": "MONOCHROME1",
    "00281050 DS": "200",
    "00281051 DS": "300",
    "00181164 DS": "0.14\\0.14",
  });
  const picture = await readPicture(new Blob([new Uint8Array(file)]));
  const { pixels, pixelSpacingMm, spacingSource } = await decodeRadiograph(file, "a.dcm");
  assert.deepEqual(picture, {
    width: 2,
    height: 2,
    pixels,
    pixelSpacingMm,
    spacingSource,
    notes: [],
  });
  assert.deepEqual([pixelSpacingMm, spacingSource], [[0.14, 0.14], "at detector"]);
});

const wide = { "00280010 US": [1], "00280011 US": [8193], "7fe00010 OW": new Array(8193).fill(7) };
const REFUSED: Readonly<Record<PictureFault, readonly [Uint8Array, string]>> = {
  compressed: [
    compressedFile(GRAY_2X2, "1.2.840.10008.1.2.4.80", Uint8Array.of(0xff, 0xd8)),
    "JPEG-LS Lossless",
  ],
  "no pixels": [dicomFile({ "00080060 CS": "SR" }), ""],
  damaged: [dicomFile({ ...GRAY_2X2, "7fe00010 OW": [1] }), ""],
  unsupported: [dicomFile({ ...GRAY_2X2, "00280008 IS": "3" }), ""],
  "too large": [dicomFile({ ...GRAY_2X2, ...wide }), ""],
  unreadable: [dicomFile({}).subarray(0, 100), ""],
};
for (const [fault, [bytes, detail]] of Object.entries(REFUSED)) {
  test(`readPicture: a file is refused as ${fault}`, async () => {
    await assert.rejects(
      readPicture(new Blob([new Uint8Array(bytes)])),
      (error) => error instanceof PictureError && error.fault === fault && error.detail === detail,
    );
  });
}
