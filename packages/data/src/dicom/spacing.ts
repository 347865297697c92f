/**
 * Millimetres of a projection radiograph (DICOM PS3.3 section 10.7.1.3).
 */
import type { Calibration } from "@malleolus/schema";
import type { Attributes } from "./attributes.ts";

export interface Spacing {
  /** Millimetres from row to row and from column to column; null when unknown. */
  readonly pixelSpacingMm: readonly [row: number, column: number] | null;
  readonly spacingSource: Calibration;
}

export interface ReadSpacing {
  readonly spacing: Spacing;
  /** What the file says of its spacing and could not be used; sentences. */
  readonly notes: readonly string[];
}

const PIXEL_SPACING = "x00280030";
const IMAGER_SPACING = "x00181164";
const CALIBRATION = "x00280a02";
const MAGNIFICATION = "x00181114";

/** Two spacings that differ by less are no two measurements. */
const SAME_SHARE = 0.01;
/** An ankle lies at most some centimetres above the detector. More was written in per cent. */
const GREATEST_MAGNIFICATION = 5;

/**
 * A calibrated PixelSpacing first; else the spacing at the detector, divided by the estimated
 * radiographic magnification where the file gives it.
 *
 * PixelSpacing counts as calibrated where the file names the calibration, or where it differs
 * from ImagerPixelSpacing by more than its rounding. Alone it does not: many CR readers write the
 * plate's spacing there, and a length taken for calibrated would be some per cent too long without a
 * word.
 */
export function readSpacing(attributes: Attributes): ReadSpacing {
  const pixel = pair(attributes, PIXEL_SPACING);
  const imager = pair(attributes, IMAGER_SPACING);
  const notes = [PIXEL_SPACING, IMAGER_SPACING].flatMap((tag) => unread(attributes, tag));
  const differs = pixel !== null && imager !== null && !isRoundedAlike(attributes, pixel, imager);
  if (pixel !== null && (differs || attributes.text(CALIBRATION) !== null)) {
    return { spacing: { pixelSpacingMm: pixel, spacingSource: "calibrated" }, notes };
  }
  const detector = imager ?? pixel;
  if (detector === null) {
    return { spacing: { pixelSpacingMm: null, spacingSource: "none" }, notes };
  }
  const { magnification, note } = readMagnification(attributes);
  return {
    spacing: {
      pixelSpacingMm: [detector[0] / magnification, detector[1] / magnification],
      spacingSource: "at detector",
    },
    notes: note === null ? notes : [...notes, note],
  };
}

/** One value stands for both directions, as pixels are square. */
function pair(attributes: Attributes, tag: string): [number, number] | null {
  const values = attributes.decimals(tag);
  const [row, column] = values.length === 1 ? [values[0], values[0]] : values;
  return row && column && row > 0 && column > 0 ? [row, column] : null;
}

function unread(attributes: Attributes, tag: string): string[] {
  const element = attributes.element(tag);
  if (element === null || pair(attributes, tag) !== null || attributes.text(tag) === null)
    return [];
  const name = tag === PIXEL_SPACING ? "pixel spacing" : "spacing at the detector";
  const written = attributes.decimals(tag).map((mm) => mm ?? "?");
  return [`the ${name} cannot be used (${written.join(" by ")} mm)`];
}

/** Whether two spacings are one number, written with more or fewer digits. */
function isRoundedAlike(
  attributes: Attributes,
  pixel: readonly number[],
  imager: readonly number[],
): boolean {
  const digits = [PIXEL_SPACING, IMAGER_SPACING].map((tag) => {
    const fraction = /[.,](\d+)/.exec(attributes.text(tag) ?? "")?.[1] ?? "";
    return fraction.length;
  });
  const rounding = 0.5 * 10 ** -Math.min(...digits) + 1e-9;
  return pixel.every((mm, i) => {
    const difference = Math.abs(mm - imager[i]);
    return difference <= 1e-6 || (difference <= rounding && difference <= SAME_SHARE * imager[i]);
  });
}

function readMagnification(attributes: Attributes): {
  magnification: number;
  note: string | null;
} {
  const written = attributes.decimal(MAGNIFICATION);
  if (written === null || written <= 0) return { magnification: 1, note: null };
  if (written < GREATEST_MAGNIFICATION) return { magnification: written, note: null };
  const share = written / 100;
  if (share >= 1 && share < GREATEST_MAGNIFICATION) {
    return { magnification: share, note: `the magnification ${written} is taken for per cent` };
  }
  return { magnification: 1, note: `the magnification ${written} cannot be meant; 1 is taken` };
}
