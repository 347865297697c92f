/** What a browser reads is what Node reads: the same pixels, bit for bit, and the same millimetres. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { deflateSync, inflateRawSync } from "node:zlib";
import { DataError } from "../errors.ts";
import { skipWithout, testDataPath } from "../test-data.ts";
import { readPlainDicom } from "./plain-dicom.ts";
import { readDicom } from "./read-dicom.ts";
import { compressedFile, dicomFile, GRAY_2X2, type Value } from "./test-dicom.ts";
import { pictureFiles } from "./test-encoders.ts";
import { BIG_ENDIAN, DEFLATED, IMPLICIT_LITTLE_ENDIAN } from "./transfer-syntax.ts";

const RLE = "1.2.840.10008.1.2.5";

async function check(file: Uint8Array): Promise<void> {
  const read = await readPlainDicom(file, "a.dcm");
  assert.ok(read.kind === "radiograph");
  const { width, height, pixels, pixelSpacingMm, spacingSource, notes } = await readDicom(
    file,
    "a.dcm",
  );
  assert.ok(pixels.length > 0);
  assert.deepEqual(read.radiograph, {
    width,
    height,
    pixels,
    pixelSpacingMm,
    spacingSource,
    notes,
  });
}

const PICTURES: Readonly<Record<string, Readonly<Record<string, Value | null>>>> = {
  "without a window": {},
  "bones dark (MONOCHROME1)": { "00280004 CS": "MONOCHROME1" },
  "with a window, of rescaled values": {
    "00281050 DS": "150",
    "00281051 DS": "200",
    "00281052 DS": "-3",
    "00281053 DS": "2",
  },
  "by a sigmoid": { "00281050 DS": "200", "00281051 DS": "400", "00281056 CS": "SIGMOID" },
  "by a look-up table": {
    "00283010 SQ": [{ "00283002 US": [3, 100, 10], "00283006 US": [0, 341, 1023] }],
  },
  "of signed values": { "00280103 US": [1], "7fe00010 OW": [-100, 0, 100, 300] },
  "with padding": { "00280120 US": [400] },
  "with millimetres of a calibration": {
    "00280030 DS": "0.12\\0.12",
    "00280a02 CS": "FIDUCIAL",
    "00181164 DS": "0.14\\0.14",
  },
  "with millimetres at the detector, magnified": {
    "00181164 DS": "0.14\\0.14",
    "00181114 DS": "1.05",
  },
  "with remarks": { "00281053 DS": "0" },
  "in colour": {
    "00280002 US": [3],
    "00280004 CS": "RGB",
    "00280006 US": [1],
    "00280100 US": [8],
    "00280101 US": [8],
    "00280102 US": [7],
    "7fe00010 OW": null,
    "7fe00010 OB": Uint8Array.of(10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120),
  },
};
for (const [name, elements] of Object.entries(PICTURES)) {
  test(`readPlainDicom: a picture ${name}`, () => check(dicomFile({ ...GRAY_2X2, ...elements })));
}

for (const syntax of [IMPLICIT_LITTLE_ENDIAN, BIG_ENDIAN, DEFLATED]) {
  test(`readPlainDicom: the transfer syntax ${syntax}`, () => check(dicomFile(GRAY_2X2, syntax)));
}

test("readPlainDicom: run lengths, in two fragments", async () => {
  for (const layout of [
    { bits: 12, signed: false, samples: 1 },
    { bits: 8, signed: false, samples: 3 },
  ] as const) {
    await check((await pictureFiles(RLE, layout)).compressed);
  }
});

for (const syntax of ["1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70"] as const) {
  for (const bits of [8, 12, 16] as const) {
    for (const signed of [false, true]) {
      const name = `${bits} ${signed ? "signed" : "unsigned"} bits of lossless JPEG (${syntax})`;
      test(`readPlainDicom: ${name}`, async () =>
        check((await pictureFiles(syntax, { bits, signed, samples: 1 })).compressed));
    }
  }
}

for (const name of ["RG3_UNC.dcm", "RG3_RLE.dcm", "RG3_JPLL.dcm"]) {
  const path = testDataPath("dicom-ankle", name);
  test(`readPlainDicom: a real ankle (${name})`, skipWithout(path), async () =>
    check(await readFile(path ?? "")),
  );
}

test("readPlainDicom: deflated with the header of zlib, and filled up to an even length", async () => {
  const file = dicomFile(GRAY_2X2, DEFLATED);
  const start = 144 + file.readUInt32LE(140);
  const zlib = deflateSync(inflateRawSync(file.subarray(start)));
  await check(Buffer.concat([file.subarray(0, start), zlib]));
  await check(Buffer.concat([file, Buffer.alloc(1)]));
});

test("readPlainDicom: pixels that need a decoder are named, not decoded", async () => {
  const gray = compressedFile(GRAY_2X2, "1.2.840.10008.1.2.4.90", Uint8Array.of(0xff, 0x4f));
  assert.deepEqual(await readPlainDicom(gray, "a.dcm"), {
    kind: "compressed",
    compression: "JPEG 2000 Lossless",
  });
  const layout = { bits: 8, signed: false, samples: 3 } as const;
  const { compressed } = await pictureFiles("1.2.840.10008.1.2.4.57", layout);
  assert.deepEqual(await readPlainDicom(compressed, "a.dcm"), {
    kind: "compressed",
    compression: "JPEG Lossless",
  });
});

const REFUSED: Readonly<Record<string, readonly [Uint8Array, DataError["code"]]>> = {
  "is no DICOM": [Buffer.from("a text that is long enough to be looked at"), "unknown-format"],
  "holds no picture": [dicomFile({ "00080060 CS": "SR" }), "no-pixels"],
  "holds several frames": [dicomFile({ ...GRAY_2X2, "00280008 IS": "2" }), "unsupported"],
  "is a film": [dicomFile(GRAY_2X2, "1.2.840.10008.1.2.4.102"), "unsupported"],
  "ends within its pixels": [dicomFile({ ...GRAY_2X2, "7fe00010 OW": [0, 1] }), "truncated"],
  "does not inflate": [dicomFile(GRAY_2X2, DEFLATED).subarray(0, -20), "damaged"],
};
for (const [name, [file, code]] of Object.entries(REFUSED)) {
  test(`readPlainDicom: a file that ${name} is refused as ${code}, as elsewhere`, async () => {
    const refusal = (error: unknown) => error instanceof DataError && error.code === code;
    await assert.rejects(readPlainDicom(file, "a.dcm"), refusal);
    await assert.rejects(readDicom(file, "a.dcm"), refusal);
  });
}
