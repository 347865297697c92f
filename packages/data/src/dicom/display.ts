/**
 * Stored values to displayed ones: modality transform, VOI transform and polarity
 * (DICOM PS3.4 section N.2, PS3.3 sections C.11.1 and C.11.2).
 *
 * Not here: the display's own response (GSDF) and presentation states.
 */
import { windowFunction } from "@malleolus/imaging";
import type { ValueRange } from "@malleolus/schema";
import { type Display, valueRange } from "../radiograph.ts";
import { countValues, extremes, rangeOf, type ValueCounts } from "../value-counts.ts";
import type { Attributes } from "./attributes.ts";
import type { PixelHeader } from "./header.ts";
import { lookUp, readLut } from "./look-up-table.ts";
import type { StoredValues } from "./plain-samples.ts";

const MODALITY_LUT = "x00283000";
const VOI_LUT = "x00283010";
const INTERCEPT = "x00281052";
const SLOPE = "x00281053";
const WINDOW_CENTER = "x00281050";
const WINDOW_WIDTH = "x00281051";
const WINDOW_FUNCTION = "x00281056";
const PRESENTATION_LUT_SHAPE = "x20500020";

export interface DisplayedValues {
  /** 0 (black) to 1 (white), one for each stored value; made when they are first asked for. */
  readonly pixels: () => Float32Array;
  readonly display: Display;
  /** Of the stored values, and of `pixels`. */
  readonly storedRange: ValueRange;
  readonly displayedRange: ValueRange;
  /** What a person should know who relies on the picture; sentences. */
  readonly notes: readonly string[];
}

/**
 * The displayed values of a radiograph. The first VOI LUT counts, else the first window that
 * can be used, else the full range of the values without padding. Colour has no VOI: its
 * luminance is a share of the greatest sample.
 *
 * @throws DataError `damaged` where a look-up table is cut.
 */
export function displayValues(
  stored: StoredValues,
  attributes: Attributes,
  header: PixelHeader,
  where: string,
): DisplayedValues {
  // Only luminance is no whole number.
  if (header.samplesPerPixel === 3 || stored instanceof Float32Array) {
    const high = 2 ** header.bitsStored - 1;
    const pixels = new Float32Array(stored.length);
    for (let i = 0; i < stored.length; i++) pixels[i] = Math.min(stored[i] / high, 1);
    const [storedRange, displayedRange] = [valueRange(stored), valueRange(pixels)];
    return {
      pixels: () => pixels,
      storedRange,
      displayedRange,
      display: { kind: "full range", low: 0, high },
      notes: uniformNotes(displayedRange, storedRange),
    };
  }
  const counted = countValues(stored);
  const { isPadding, low, high, toModality, display, toShare } = grayTransforms(
    counted,
    attributes,
    header,
    where,
  );
  const inverted = header.photometric === "MONOCHROME1";

  // At most 65,536 different values: each is transformed once.
  const { offset } = counted;
  const table = new Float32Array(65_536);
  for (let value = low; value <= high; value++) {
    if (isPadding(value)) continue;
    const share = toShare(toModality(value));
    table[value + offset] = inverted ? 1 - share : share;
  }
  const storedRange = rangeOf(counted, (value) => value);
  const displayedRange = rangeOf(counted, (value) => table[value + offset]);
  let pixels: Float32Array | null = null;
  const notes = [
    ...rescaleNotes(attributes),
    ...windowNotes(attributes, display),
    ...polarityNotes(attributes, header),
    ...uniformNotes(displayedRange, storedRange),
  ];
  return {
    pixels() {
      pixels ??= mapValues(stored, table, offset);
      return pixels;
    },
    storedRange,
    displayedRange,
    display,
    notes,
  };
}

/** What the table holds for each stored value; a loop for each kind of array, as in `countValues`. */
function mapValues(
  stored: Uint8Array | Uint16Array | Int16Array,
  table: Float32Array,
  offset: number,
): Float32Array {
  const pixels = new Float32Array(stored.length);
  if (stored instanceof Uint8Array) mapBytes(stored, table, pixels);
  else if (stored instanceof Uint16Array) mapUnsigned(stored, table, pixels);
  else mapSigned(stored, table, offset, pixels);
  return pixels;
}

function mapBytes(stored: Uint8Array, table: Float32Array, pixels: Float32Array): void {
  for (let i = 0; i < stored.length; i++) pixels[i] = table[stored[i]];
}

function mapUnsigned(stored: Uint16Array, table: Float32Array, pixels: Float32Array): void {
  for (let i = 0; i < stored.length; i++) pixels[i] = table[stored[i]];
}

function mapSigned(
  stored: Int16Array,
  table: Float32Array,
  offset: number,
  pixels: Float32Array,
): void {
  for (let i = 0; i < stored.length; i++) pixels[i] = table[stored[i] + offset];
}

/** What happens to the stored values of a picture in grey, and the least and greatest of them. */
export function grayTransforms(
  counted: ValueCounts,
  attributes: Attributes,
  header: PixelHeader,
  where: string,
) {
  const isPadding = paddingTest(attributes, header);
  // Nothing but padding: an empty range, everything black.
  const [low, high] = extremes(counted, isPadding) ?? [0, -1];
  const { rescale, toModality } = modalityTransform(attributes, header, where);
  // A table need not rise from one end to the other.
  const range = rangeOf(counted, (value) => toModality(isPadding(value) ? low : value));
  const mayBeNegative = leastPossible(header, toModality) < 0;
  const { display, toShare } = voiTransform(attributes, mayBeNegative, range, where);
  return { isPadding, low, high, rescale, toModality, display, toShare };
}

/** Whether a stored value is padding and no measurement (PS3.3 section C.7.5.1.1.2). */
function paddingTest(attributes: Attributes, header: PixelHeader): (value: number) => boolean {
  const padding = attributes.short("x00280120", { signed: header.signed });
  if (padding === null) return () => false;
  const limit = attributes.short("x00280121", { signed: header.signed }) ?? padding;
  const [least, greatest] = [Math.min(padding, limit), Math.max(padding, limit)];
  return (value) => value >= least && value <= greatest;
}

interface ModalityTransform {
  /** Null where a table stands for it, which need be no line. */
  readonly rescale: { readonly slope: number; readonly intercept: number } | null;
  readonly toModality: (value: number) => number;
}

function modalityTransform(
  attributes: Attributes,
  header: PixelHeader,
  where: string,
): ModalityTransform {
  const [item] = attributes.items(MODALITY_LUT);
  if (item !== undefined) {
    const lut = readLut(item, header.signed, where);
    return { rescale: null, toModality: (value) => lookUp(lut, value) };
  }
  // A slope of zero would make every value the same, which no machine means.
  const slope = attributes.decimal(SLOPE) || 1;
  const intercept = attributes.decimal(INTERCEPT) ?? 0;
  return { rescale: { slope, intercept }, toModality: (value) => value * slope + intercept };
}

/** Of the values that the pixels could have; a table's output is never below zero. */
function leastPossible(header: PixelHeader, toModality: (value: number) => number): number {
  const [least, greatest] = header.signed
    ? [-(2 ** (header.bitsStored - 1)), 2 ** (header.bitsStored - 1) - 1]
    : [0, 2 ** header.bitsStored - 1];
  return Math.min(toModality(least), toModality(greatest));
}

function voiTransform(
  attributes: Attributes,
  mayBeNegative: boolean,
  { min: low, max: high }: ValueRange,
  where: string,
): { display: Display; toShare: (value: number) => number } {
  const [item] = attributes.items(VOI_LUT);
  if (item !== undefined) {
    const lut = readLut(item, mayBeNegative, where);
    return {
      display: { kind: "lut", entries: lut.entries.length },
      toShare: (value) => Math.min(lookUp(lut, value) / lut.top, 1),
    };
  }
  const window = firstUsableWindow(attributes);
  if (window !== null) {
    const { function: name, center, width } = window;
    return { display: window, toShare: windowFunction(name, center, width) };
  }
  return {
    display: { kind: "full range", low, high },
    toShare: (value) => (high > low ? (value - low) / (high - low) : 0),
  };
}

function firstUsableWindow(attributes: Attributes): Extract<Display, { kind: "window" }> | null {
  const written = attributes.text(WINDOW_FUNCTION)?.toUpperCase();
  const name = written === "LINEAR_EXACT" || written === "SIGMOID" ? written : "LINEAR";
  const widths = attributes.decimals(WINDOW_WIDTH);
  for (const [index, center] of attributes.decimals(WINDOW_CENTER).entries()) {
    const width = widths[index] ?? null;
    if (center === null || width === null) continue;
    if (width < (name === "LINEAR" ? 1 : Number.MIN_VALUE)) continue;
    return { kind: "window", function: name, center, width };
  }
  return null;
}

/** The rescale that the file names and that cannot be meant or read. */
function rescaleNotes(attributes: Attributes): string[] {
  if (attributes.items(MODALITY_LUT).length > 0) return [];
  const notes: string[] = [];
  const slope = attributes.text(SLOPE);
  if (slope !== null && !attributes.decimal(SLOPE)) {
    notes.push(`the rescale slope "${slope}" cannot be used; 1 is taken`);
  }
  const intercept = attributes.text(INTERCEPT);
  if (intercept !== null && attributes.decimal(INTERCEPT) === null) {
    notes.push(`the rescale intercept "${intercept}" cannot be read; 0 is taken`);
  }
  return notes;
}

/** A window that the file names and that is not the one used. */
function windowNotes(attributes: Attributes, display: Display): string[] {
  const [center, width] = [WINDOW_CENTER, WINDOW_WIDTH].map((tag) => attributes.text(tag));
  if (display.kind !== "full range" || (center === null && width === null)) return [];
  const written = `center "${center ?? ""}", width "${width ?? ""}"`;
  return [`no window can be used (${written}); the full range of the values is shown`];
}

/** MONOCHROME1 goes with INVERSE, MONOCHROME2 with IDENTITY (PS3.3 section C.8.11.3.1.2). */
function polarityNotes(attributes: Attributes, { photometric }: PixelHeader): string[] {
  const shape = attributes.text(PRESENTATION_LUT_SHAPE)?.toUpperCase();
  const contradicts =
    (photometric === "MONOCHROME1" && shape === "IDENTITY") ||
    (photometric === "MONOCHROME2" && shape === "INVERSE");
  if (!contradicts) return [];
  return [
    `${photometric} and a presentation of ${shape} contradict each other; ` +
      `it is shown as ${photometric}: see whether bones are white`,
  ];
}

/** All black, or all white, though the stored values differ. */
function uniformNotes(displayed: ValueRange, stored: ValueRange): string[] {
  if (displayed.min !== displayed.max) return [];
  const shade = displayed.min <= 0 ? "black" : displayed.min >= 1 ? "white" : "one grey";
  return stored.min === stored.max
    ? [`the picture is all ${shade}: every stored value is ${stored.min}`]
    : [`the picture is all ${shade}, though its stored values differ; its window lies beside them`];
}
