/** The grey levels of a DICOM file: its stored values from 0 upwards, bones bright, and their window. */
import type { GrayLevels } from "../gray-levels.ts";
import { countValues } from "../value-counts.ts";
import type { Attributes } from "./attributes.ts";
import { displayValues, grayTransforms } from "./display.ts";
import type { PixelHeader } from "./header.ts";
import type { StoredValues } from "./plain-samples.ts";
import { openDicom } from "./read-dicom.ts";
import { readStoredValues } from "./samples.ts";

const MOST_BITS = 16;

/** @throws DataError as `readDicom`. */
export async function readDicomLevels(bytes: Uint8Array, where: string): Promise<GrayLevels> {
  const { attributes, header, syntax } = openDicom(bytes, where);
  const stored = await readStoredValues(attributes, header, syntax, where);
  const size = { width: header.columns, height: header.rows };
  if (header.samplesPerPixel === 3 || stored instanceof Float32Array) {
    return { ...size, ...displayedLevels(stored, attributes, header, where) };
  }
  return { ...size, ...storedLevels(stored, attributes, header, where) };
}

function storedLevels(
  stored: Exclude<StoredValues, Float32Array>,
  attributes: Attributes,
  header: PixelHeader,
  where: string,
): Pick<GrayLevels, "levels" | "top" | "window"> {
  const { isPadding, rescale, display, low, high } = grayTransforms(
    countValues(stored),
    attributes,
    header,
    where,
  );
  // A table's curve cannot be said as a window.
  if (display.kind === "lut" || rescale === null) {
    return displayedLevels(stored, attributes, header, where);
  }
  const { slope, intercept } = rescale;
  const bits = Math.min(header.bitsStored, MOST_BITS);
  const least = Math.min(low, header.signed ? -(2 ** (bits - 1)) : 0);
  const top = Math.max(high - least, 2 ** bits - 1);
  const isTurned = (header.photometric === "MONOCHROME1") !== slope < 0;
  const toLevel = (value: number) => (isTurned ? top - (value - least) : value - least);
  const levels = new Uint16Array(stored.length);
  for (let i = 0; i < stored.length; i++) {
    levels[i] = isPadding(stored[i]) ? 0 : toLevel(stored[i]);
  }
  const ends = windowEnds(display).map((value) => toLevel((value - intercept) / slope));
  return { levels, top, window: { low: Math.min(...ends), high: Math.max(...ends) } };
}

/** Modality values that are shown black and white, or white and black. */
function windowEnds(
  display: Exclude<ReturnType<typeof grayTransforms>["display"], { kind: "lut" }>,
): [number, number] {
  if (display.kind === "full range") return [display.low, display.high];
  const { center, width } = display;
  return display.function === "LINEAR"
    ? [center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2]
    : [center - width / 2, center + width / 2];
}

/** What is displayed, in 16 bits: the transforms stand in the levels. */
function displayedLevels(
  stored: StoredValues,
  attributes: Attributes,
  header: PixelHeader,
  where: string,
): Pick<GrayLevels, "levels" | "top" | "window"> {
  const top = 2 ** MOST_BITS - 1;
  const pixels = displayValues(stored, attributes, header, where).pixels();
  // A loop takes a tenth of the time of `from` with a function.
  const levels = new Uint16Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) levels[i] = Math.round(pixels[i] * top);
  return { levels, top, window: { low: 0, high: top } };
}
