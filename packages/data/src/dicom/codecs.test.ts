import assert from "node:assert/strict";
import { test } from "node:test";
import codecs from "dcmjs-codecs";
import { DataError } from "../errors.ts";
import { readDicom } from "./read-dicom.ts";
import { compressedFile, dicomFile, GREY_2X2 } from "./test-dicom.ts";

const SIZE = 32;
const HEADER = { ...GREY_2X2, "00280010 US": [SIZE], "00280011 US": [SIZE] };

const { Context, NativeCodecs } = codecs;

interface Layout {
  readonly bits: 8 | 12 | 16;
  readonly signed: boolean;
  readonly samples: 1 | 3;
}

/** A smooth picture that uses all the bits; colour is grey plus a shift. */
function picture({ bits, signed, samples }: Layout): Uint8Array | Uint16Array {
  const values = Array.from({ length: SIZE * SIZE * samples }, (_, i) => {
    const pixel = Math.floor(i / samples);
    const share = ((pixel % SIZE) + Math.floor(pixel / SIZE)) / (2 * SIZE - 2);
    const top = 2 ** bits - 1;
    return (
      Math.round(share * top * 0.9 + (i % samples) * top * 0.04) - (signed ? 2 ** (bits - 1) : 0)
    );
  });
  return bits === 8 ? Uint8Array.from(values) : Uint16Array.from(values);
}

function header({ bits, signed, samples }: Layout) {
  return {
    ...HEADER,
    "00280002 US": [samples],
    "00280004 CS": samples === 3 ? "RGB" : "MONOCHROME2",
    ...(samples === 3 ? { "00280006 US": [0] } : {}),
    "00280100 US": [bits === 8 ? 8 : 16],
    "00280101 US": [bits],
    "00280102 US": [bits - 1],
    "00280103 US": [signed ? 1 : 0],
  };
}

const ENCODERS = {
  "1.2.840.10008.1.2.4.50": (c) =>
    NativeCodecs.encodeJpeg(c, { lossy: true, quality: 98, sampleFactor: 0 }),
  "1.2.840.10008.1.2.4.51": (c) =>
    NativeCodecs.encodeJpeg(c, { lossy: true, quality: 98, sampleFactor: 0 }),
  "1.2.840.10008.1.2.4.57": (c) => NativeCodecs.encodeJpeg(c, { lossy: false, predictor: 6 }),
  "1.2.840.10008.1.2.4.70": (c) => NativeCodecs.encodeJpeg(c, { lossy: false, predictor: 1 }),
  "1.2.840.10008.1.2.4.80": (c) => NativeCodecs.encodeJpegLs(c, { lossy: false }),
  "1.2.840.10008.1.2.4.81": (c) =>
    NativeCodecs.encodeJpegLs(c, { lossy: true, allowedLossyError: 2 }),
  "1.2.840.10008.1.2.4.90": (c) => NativeCodecs.encodeJpeg2000(c, { lossy: false }),
  "1.2.840.10008.1.2.4.91": (c) => NativeCodecs.encodeJpeg2000(c, { lossy: true, rate: 4 }),
  "1.2.840.10008.1.2.4.201": (c) => NativeCodecs.encodeHtJpeg2000(c, { lossy: false }),
  "1.2.840.10008.1.2.4.202": (c) =>
    NativeCodecs.encodeHtJpeg2000(c, { lossy: false, progressionOrder: 2 }),
  "1.2.840.10008.1.2.4.203": (c) => NativeCodecs.encodeHtJpeg2000(c, { lossy: true }),
  "1.2.840.10008.1.2.5": (c) => NativeCodecs.encodeRle(c),
} satisfies Record<string, (context: InstanceType<typeof Context>) => InstanceType<typeof Context>>;

/** Compresses a picture, reads it, and compares with the same picture uncompressed. */
async function check(syntax: keyof typeof ENCODERS, layout: Layout, tolerance = 0): Promise<void> {
  // The module under test drops its decoders after an error, and the encoders with them.
  await NativeCodecs.initializeAsync();
  const values = picture(layout);
  const bytes = new Uint8Array(values.buffer);
  const context = new Context({
    width: SIZE,
    height: SIZE,
    bitsAllocated: layout.bits === 8 ? 8 : 16,
    bitsStored: layout.bits,
    samplesPerPixel: layout.samples,
    pixelRepresentation: layout.signed ? 1 : 0,
    planarConfiguration: 0,
    photometricInterpretation: layout.samples === 3 ? "RGB" : "MONOCHROME2",
    decodedBuffer: bytes,
  });
  const stream = ENCODERS[syntax](context).getEncodedBuffer();
  assert.ok(stream !== undefined && stream.length > 0);
  const expected = await readDicom(dicomFile({ ...header(layout), "7fe00010 OW": bytes }), "plain");
  // Cut into two fragments, as encoders with a limit on fragments do.
  const half = 2 * Math.floor(stream.length / 4);
  const file = compressedFile(header(layout), syntax, stream.slice(0, half), stream.slice(half));
  const got = await readDicom(file, "compressed");
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
    ...GREY_2X2,
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
    HEADER,
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
