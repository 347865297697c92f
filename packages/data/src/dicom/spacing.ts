/**
 * Millimetres of a projection radiograph (DICOM PS3.3 section 10.7.1.3).
 */
import type { Calibration } from "@malleolus/schema";
import type { Attributes } from "./data-set.ts";

export interface Spacing {
  /** Millimetres from row to row and from column to column; null when unknown. */
  readonly pixelSpacingMm: readonly [row: number, column: number] | null;
  readonly spacingSource: Calibration;
}

/**
 * A calibrated PixelSpacing first; else the spacing at the detector, divided by the estimated
 * radiographic magnification where the file gives it.
 *
 * PixelSpacing counts as calibrated where the file names the calibration, or where it differs
 * from ImagerPixelSpacing. Alone it does not: many CR readers write the plate's spacing there,
 * and a length taken for calibrated would be some per cent too long without a word.
 */
export function readSpacing(attributes: Attributes): Spacing {
  const pixel = pair(attributes, "x00280030");
  const imager = pair(attributes, "x00181164");
  const differs =
    pixel !== null && imager !== null && pixel.some((mm, i) => Math.abs(mm - imager[i]) > 1e-6);
  if (pixel !== null && (differs || attributes.text("x00280a02") !== null)) {
    return { pixelSpacingMm: pixel, spacingSource: "calibrated" };
  }
  const detector = imager ?? pixel;
  if (detector === null) return { pixelSpacingMm: null, spacingSource: "none" };
  const written = attributes.decimal("x00181114");
  const magnification = written !== null && written > 0 ? written : 1;
  return {
    pixelSpacingMm: [detector[0] / magnification, detector[1] / magnification],
    spacingSource: "at detector",
  };
}

function pair(attributes: Attributes, tag: string): [number, number] | null {
  const row = attributes.decimal(tag, 0);
  const column = attributes.decimal(tag, 1);
  return row !== null && column !== null && row > 0 && column > 0 ? [row, column] : null;
}
