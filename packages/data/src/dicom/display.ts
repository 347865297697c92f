/**
 * Stored values to displayed ones: modality transform, VOI transform and polarity
 * (DICOM PS3.4 section N.2, PS3.3 sections C.11.1 and C.11.2).
 *
 * Not here: the display's own response (GSDF) and presentation states.
 */
import { DataError } from "../errors.ts";
import type { Display } from "../radiograph.ts";
import type { Attributes } from "./data-set.ts";
import type { PixelHeader } from "./header.ts";
import type { StoredValues } from "./samples.ts";

const MODALITY_LUT = "x00283000";
const VOI_LUT = "x00283010";

/** A look-up table (PS3.3 section C.11.1.1): values below the first are the first entry. */
interface Lut {
  readonly first: number;
  readonly entries: readonly number[];
  /** Greatest value an entry can have. */
  readonly top: number;
}

export interface DisplayedValues {
  /** 0 (black) to 1 (white), one for each stored value. */
  readonly pixels: Float32Array;
  readonly display: Display;
}

/**
 * The displayed values of a radiograph. The first VOI LUT counts, else the first window that
 * can be used, else the full range of the values without padding. Colour has no VOI: its
 * luminance is a share of the greatest sample.
 *
 * Throws DataError `damaged` where a look-up table is cut.
 */
export function displayValues(
  stored: StoredValues,
  attributes: Attributes,
  header: PixelHeader,
  where: string,
): DisplayedValues {
  if (header.samplesPerPixel === 3) {
    const high = 2 ** header.bitsStored - 1;
    const pixels = Float32Array.from(stored, (value) => Math.min(value / high, 1));
    return { pixels, display: { kind: "full range", low: 0, high } };
  }
  const isPadding = paddingTest(attributes, header);
  const [low, high] = extremes(stored, isPadding);
  const toModality = modalityTransform(attributes, header, where);
  const { display, toShare } = voiTransform(attributes, header, [low, high].map(toModality), where);
  const inverted = header.photometric === "MONOCHROME1";

  // At most 65,536 different values: each is transformed once.
  const offset = header.signed ? 32_768 : 0;
  const table = new Float32Array(65_536);
  for (let value = low; value <= high; value++) {
    if (isPadding(value)) continue;
    const share = toShare(toModality(value));
    table[value + offset] = inverted ? 1 - share : share;
  }
  const pixels = new Float32Array(stored.length);
  for (let i = 0; i < stored.length; i++) pixels[i] = table[stored[i] + offset];
  return { pixels, display };
}

/** Throws DataError `damaged` where `displayValues` would, without looking at a pixel. */
export function checkLookUpTables(
  attributes: Attributes,
  header: PixelHeader,
  where: string,
): void {
  if (header.samplesPerPixel === 3) return;
  for (const sequence of [MODALITY_LUT, VOI_LUT]) {
    const [item] = attributes.items(sequence);
    if (item !== undefined) readLut(item, header.signed, where);
  }
}

/** Whether a stored value is padding and no measurement (PS3.3 section C.7.5.1.1.2). */
function paddingTest(attributes: Attributes, header: PixelHeader): (value: number) => boolean {
  const padding = attributes.short("x00280120", { signed: header.signed });
  if (padding === null) return () => false;
  const limit = attributes.short("x00280121", { signed: header.signed }) ?? padding;
  const [least, greatest] = [Math.min(padding, limit), Math.max(padding, limit)];
  return (value) => value >= least && value <= greatest;
}

function extremes(stored: StoredValues, isPadding: (value: number) => boolean): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < stored.length; i++) {
    const value = stored[i];
    if ((value < low || value > high) && !isPadding(value)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  // Nothing but padding: an empty range, everything black.
  return low > high ? [0, -1] : [low, high];
}

function modalityTransform(
  attributes: Attributes,
  header: PixelHeader,
  where: string,
): (value: number) => number {
  const [item] = attributes.items(MODALITY_LUT);
  if (item !== undefined) {
    const lut = readLut(item, header.signed, where);
    return (value) => lookUp(lut, value);
  }
  const slope = attributes.decimal("x00281053") ?? 1;
  const intercept = attributes.decimal("x00281052") ?? 0;
  return (value) => value * slope + intercept;
}

function voiTransform(
  attributes: Attributes,
  header: PixelHeader,
  range: readonly number[],
  where: string,
): { display: Display; toShare: (value: number) => number } {
  const [item] = attributes.items(VOI_LUT);
  if (item !== undefined) {
    const lut = readLut(item, header.signed || range[0] < 0, where);
    return {
      display: { kind: "lut", entries: lut.entries.length },
      toShare: (value) => Math.min(lookUp(lut, value) / lut.top, 1),
    };
  }
  const center = attributes.decimal("x00281050");
  const width = attributes.decimal("x00281051");
  const written = attributes.text("x00281056");
  const name = written === "LINEAR_EXACT" || written === "SIGMOID" ? written : "LINEAR";
  if (center !== null && width !== null && width >= (name === "LINEAR" ? 1 : Number.MIN_VALUE)) {
    return {
      display: { kind: "window", function: name, center, width },
      toShare: windowFunction(name, center, width),
    };
  }
  const low = Math.min(...range);
  const high = Math.max(...range);
  return {
    display: { kind: "full range", low, high },
    toShare: (value) => (high > low ? (value - low) / (high - low) : 0),
  };
}

/** A window as a share of the display's range, 0 to 1 (PS3.3 section C.11.2.1.2 and .3). */
export function windowFunction(
  name: "LINEAR" | "LINEAR_EXACT" | "SIGMOID",
  center: number,
  width: number,
): (value: number) => number {
  switch (name) {
    case "LINEAR":
      return (value) => {
        if (value <= center - 0.5 - (width - 1) / 2) return 0;
        if (value > center - 0.5 + (width - 1) / 2) return 1;
        return (value - (center - 0.5)) / (width - 1) + 0.5;
      };
    case "LINEAR_EXACT":
      return (value) => Math.min(Math.max((value - center) / width + 0.5, 0), 1);
    case "SIGMOID":
      return (value) => 1 / (1 + Math.exp((-4 * (value - center)) / width));
  }
}

function readLut(item: Attributes, signed: boolean, where: string): Lut {
  const count = item.short("x00283002", { index: 0 });
  const first = item.short("x00283002", { index: 1, signed });
  const bits = item.short("x00283002", { index: 2 });
  const length = item.element("x00283006")?.length ?? 0;
  // A count of 0 stands for 65,536.
  const expected = count === 0 ? 65_536 : (count ?? 0);
  const bytesEach = length >= 2 * expected ? 2 : 1;
  if (
    first === null ||
    bits === null ||
    bits < 1 ||
    bits > 16 ||
    expected === 0 ||
    length < expected
  ) {
    throw new DataError(
      "damaged",
      `${where}: expected a look-up table of ${expected} entries, got ${length} bytes`,
    );
  }
  const entries = item.numbers("x00283006", bytesEach).slice(0, expected);
  return { first, entries, top: 2 ** bits - 1 };
}

function lookUp(lut: Lut, value: number): number {
  const index = Math.round(value) - lut.first;
  return lut.entries[Math.min(Math.max(index, 0), lut.entries.length - 1)];
}
