import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync, inflateRawSync } from "node:zlib";
import { DataError } from "../errors.ts";
import { decodeRadiograph } from "../read-radiograph.ts";
import { dicomFile, GRAY_2X2, type Value } from "./test-dicom.ts";
import { BIG_ENDIAN } from "./transfer-syntax.ts";

const IMPLICIT = "1.2.840.10008.1.2";
const EXPLICIT = "1.2.840.10008.1.2.1";
const DEFLATED = "1.2.840.10008.1.2.1.99";

/** A look-up table and a spacing, so that sequences and 16-bit lists are read in every syntax. */
const ELEMENTS: Record<string, Value> = {
  ...GRAY_2X2,
  "00181164 DS": "0.15\\0.15",
  "00283010 SQ": [{ "00283002 US": [3, 100, 10], "00283006 US": [0, 341, 1023] }],
  "7fe00010 OW": [100, 101, 102, 300],
};

for (const syntax of [IMPLICIT, EXPLICIT, BIG_ENDIAN, DEFLATED]) {
  test(`decodeRadiograph: ${syntax} holds the same picture`, async () => {
    const radiograph = await decodeRadiograph(dicomFile(ELEMENTS, syntax), "x.dcm");
    assert.equal(radiograph.transferSyntax, syntax);
    assert.deepEqual(radiograph.stored, { min: 100, max: 300, mean: 150.75 });
    assert.deepEqual(radiograph.pixels, Float32Array.of(0, 341 / 1023, 1, 1));
    assert.deepEqual(radiograph.pixelSpacingMm, [0.15, 0.15]);
  });
}

test("decodeRadiograph: a data set that begins with a sequence", async () => {
  const language = [{ "00080100 SH": "nl", "00080104 LO": "Dutch" }];
  for (const syntax of [IMPLICIT, EXPLICIT, BIG_ENDIAN, DEFLATED]) {
    const file = dicomFile({ ...ELEMENTS, "00080006 SQ": language }, syntax);
    const { stored, transferSyntax } = await decodeRadiograph(file, "x.dcm");
    assert.deepEqual([stored.min, stored.max, transferSyntax], [100, 300, syntax]);
  }
});

test("decodeRadiograph: 8-bit pixels in big-endian words are unswapped", async () => {
  const bytes = { "00280100 US": [8], "00280101 US": [8], "00280102 US": [7] };
  const pixels = { "7fe00010 OW": Uint8Array.of(51, 0, 255, 102) };
  const file = dicomFile({ ...GRAY_2X2, ...bytes, ...pixels }, BIG_ENDIAN);
  const radiograph = await decodeRadiograph(file, "x.dcm");
  assert.deepEqual(radiograph.pixels, Float32Array.of(0, 0.2, 0.4, 1));
});

test("decodeRadiograph: an odd number of 8-bit pixels in big-endian words", async () => {
  const header = {
    ...GRAY_2X2,
    "00280010 US": [1],
    "00280011 US": [3],
    "00280100 US": [8],
    "00280101 US": [8],
    "00280102 US": [7],
  };
  // The last word holds the last pixel in its low byte, behind the padding.
  const words = dicomFile({ ...header, "7fe00010 OW": Uint8Array.of(51, 0, 0, 102) }, BIG_ENDIAN);
  const pixels = { "7fe00010 OW": null, "7fe00010 OB": Uint8Array.of(0, 51, 102) };
  const bytes = dicomFile({ ...header, ...pixels }, BIG_ENDIAN);
  for (const file of [words, bytes]) {
    const { stored } = await decodeRadiograph(file, "x.dcm");
    assert.deepEqual(stored, { min: 0, max: 102, mean: 51 });
  }
});

test("decodeRadiograph: a data set deflated with the header of zlib", async () => {
  const file = dicomFile(ELEMENTS, DEFLATED);
  const start = 144 + file.readUInt32LE(140);
  const dataSet = inflateRawSync(file.subarray(start));
  const zlib = Buffer.concat([file.subarray(0, start), deflateSync(dataSet)]);
  for (const one of [file, zlib, Buffer.concat([file, Buffer.alloc(1)])]) {
    assert.equal((await decodeRadiograph(one, "x.dcm")).stored.mean, 150.75);
  }
});

test("decodeRadiograph: bare data sets without meta information", async () => {
  for (const syntax of [IMPLICIT, EXPLICIT]) {
    const file = dicomFile(ELEMENTS, syntax);
    const bare = file.subarray(132 + 12 + file.readUInt32LE(140));
    assert.equal((await decodeRadiograph(bare, "x.dcm")).transferSyntax, syntax);
  }
});

test("decodeRadiograph: a deflated file that was cut is refused", async () => {
  const file = dicomFile(ELEMENTS, DEFLATED);
  await assert.rejects(() => decodeRadiograph(file.subarray(0, file.length - 20), "x"), DataError);
});
