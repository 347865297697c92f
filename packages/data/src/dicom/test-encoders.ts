/**
 * A small picture in every transfer syntax that dcmjs-codecs can write, for the tests.
 *
 * Its encoders and the decoders under test come from one package; that the decoders agree with
 * other software is tested on real files (`read-radiograph.test.ts`).
 */
import codecs from "dcmjs-codecs";
import { compressedFile, dicomFile, GRAY_2X2 } from "./test-dicom.ts";

const SIZE = 32;
const HEADER = { ...GRAY_2X2, "00280010 US": [SIZE], "00280011 US": [SIZE] };

const { Context, NativeCodecs } = codecs;

export interface Layout {
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

export function pictureHeader({ bits, signed, samples }: Layout) {
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

/** By transfer syntax. 12-bit lossy JPEG is missing: the package cannot write it. */
const ENCODERS = {
  "1.2.840.10008.1.2.4.50": (c) =>
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

export type Syntax = keyof typeof ENCODERS;
export const SYNTAXES = Object.keys(ENCODERS).filter((uid): uid is Syntax => uid in ENCODERS);

/** The picture's compressed stream. */
export async function pictureStream(syntax: Syntax, layout: Layout): Promise<Buffer> {
  // The module under test drops its decoders after an error, and the encoders with them.
  await NativeCodecs.initializeAsync();
  const context = new Context({
    width: SIZE,
    height: SIZE,
    bitsAllocated: layout.bits === 8 ? 8 : 16,
    bitsStored: layout.bits,
    samplesPerPixel: layout.samples,
    pixelRepresentation: layout.signed ? 1 : 0,
    planarConfiguration: 0,
    photometricInterpretation: layout.samples === 3 ? "RGB" : "MONOCHROME2",
    decodedBuffer: pictureBytes(layout),
  });
  const stream = ENCODERS[syntax](context).getEncodedBuffer();
  if (stream === undefined || stream.length === 0) throw new Error(`${syntax}: nothing encoded`);
  return Buffer.from(stream);
}

export function pictureBytes(layout: Layout): Uint8Array {
  return new Uint8Array(picture(layout).buffer);
}

/** One picture in two files: compressed, in two fragments, and plain. */
export async function pictureFiles(
  syntax: Syntax,
  layout: Layout,
): Promise<{ compressed: Buffer; plain: Buffer }> {
  const stream = await pictureStream(syntax, layout);
  const half = 2 * Math.floor(stream.length / 4);
  const header = pictureHeader(layout);
  return {
    compressed: compressedFile(header, syntax, stream.subarray(0, half), stream.subarray(half)),
    plain: dicomFile({ ...header, "7fe00010 OW": pictureBytes(layout) }),
  };
}
