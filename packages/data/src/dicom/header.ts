/**
 * The attributes of a radiograph that decide what its pixels are (DICOM PS3.3 section C.7.6.3).
 * How they are displayed is in `display.ts`, what they measure in `spacing.ts`.
 */
import { DataError } from "../errors.ts";
import type { Attributes } from "./attributes.ts";

/** More than any detector has; a damaged header must not ask for all the memory. */
const MAX_SAMPLES = 2 ** 27;

export interface PixelHeader {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: 1 | 3;
  readonly photometric: Photometric;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  /** Colour only: all red values, then all green, then all blue, not pixel after pixel. */
  readonly planar: boolean;
}

const PHOTOMETRIC = [
  "MONOCHROME1",
  "MONOCHROME2",
  "RGB",
  "YBR_FULL",
  "YBR_FULL_422",
  "YBR_ICT",
  "YBR_RCT",
] as const;
export type Photometric = (typeof PHOTOMETRIC)[number];

/**
 * Reads and checks the pixel module.
 *
 * @throws DataError: `no-pixels` where the object is no image, `unsupported` for several frames,
 *   palettes and unusual bit depths, `damaged` where the attributes contradict each other.
 */
export function readPixelHeader(attributes: Attributes, where: string): PixelHeader {
  const fail = (code: "damaged" | "unsupported", expected: string, got: unknown): DataError =>
    new DataError(code, `${where}: expected ${expected}, got ${got}`);

  const rows = attributes.short("x00280010");
  const columns = attributes.short("x00280011");
  if (attributes.element("x7fe00010") === null || rows === null || columns === null) {
    const kind = attributes.text("x00080060") ?? "unknown modality";
    throw new DataError(
      "no-pixels",
      `${where}: expected a radiograph, got a DICOM object without pixels (${kind}); ` +
        "it may be a report, or cut before its pixel data (7FE0,0010)",
    );
  }
  // Some exporters write 0 for the one frame that is there.
  const frames = attributes.decimal("x00280008") || 1;
  if (frames !== 1) throw fail("unsupported", "a single frame", `${frames} frames`);

  const samplesPerPixel = attributes.short("x00280002") ?? 1;
  const written = attributes.text("x00280004");
  const photometric = PHOTOMETRIC.find((name) => name === written?.toUpperCase());
  if (photometric === undefined) {
    throw fail("unsupported", `photometric interpretation ${PHOTOMETRIC.join(", ")}`, written);
  }
  const expectedSamples = photometric.startsWith("MONOCHROME") ? 1 : 3;
  if (samplesPerPixel !== expectedSamples) {
    throw fail("damaged", `${expectedSamples} samples a pixel for ${photometric}`, samplesPerPixel);
  }
  if (rows === 0 || columns === 0 || rows * columns * samplesPerPixel > MAX_SAMPLES) {
    throw fail("damaged", `an image of 1 to ${MAX_SAMPLES} values`, `${columns} x ${rows}`);
  }

  const bitsAllocated = attributes.short("x00280100");
  if (bitsAllocated !== 8 && bitsAllocated !== 16) {
    throw fail("unsupported", "8 or 16 bits allocated", bitsAllocated);
  }
  const bitsStored = attributes.short("x00280101") ?? bitsAllocated;
  const highBit = attributes.short("x00280102") ?? bitsStored - 1;
  if (bitsStored < 1 || highBit >= bitsAllocated || highBit + 1 < bitsStored) {
    throw fail(
      "damaged",
      `bits stored within ${bitsAllocated} bits`,
      `${bitsStored} bits up to bit ${highBit}`,
    );
  }
  return {
    rows,
    columns,
    samplesPerPixel: expectedSamples,
    photometric,
    bitsAllocated,
    bitsStored,
    highBit,
    signed: attributes.short("x00280103") === 1,
    planar: attributes.short("x00280006") === 1,
  };
}
