/**
 * What a picture must not be for a detector to look at it: inverted, without contrast, burnt out to white where the ankle
 * is, or sunk into black. A network calls such a picture sound as readily as any, since it finds nothing on it.
 *
 * Told from its grey levels alone, after its small detail has been averaged away. Air and soft tissue are dark and
 * take most of a radiograph, bone is bright and takes little: its grey levels lean to the dark side, and the other way
 * round where they are inverted. The limits, and what they cost, were measured on FracAtlas
 * (`experiments/radiograph-faults.ts`). Which part of the body and which view it is tells a network
 * (`openRadiographCheck`). Not told: mirroring, casts, metal, open growth plates.
 */
import { blackenWhiteBorder } from "./collimation.ts";
import type { DisplayImage } from "./images.ts";

export type RadiographFault = "inverted" | "flat" | "white" | "black";

/**
 * Of the middle of the exposed field, half of its width and height, where the ankle is; without borders, and what parts two
 * exposures of one plate.
 */
export interface ClippedShares {
  readonly white: number;
  readonly black: number;
}

/** In pixels, after averaging. */
const LONGEST_SIDE = 128;
/** Of the displayed range, between the darkest and the brightest hundredth. */
const LEAST_CONTRAST = 0.2;
/** Of the picture: what a white frame leaves, and what inverted air leaves. */
const LEAST_FIELD = 0.05;
const [BLACK, WHITE] = [0.03, 0.97];
/**
 * Of the middle. Black is what one of a hundred real ankles lies above, with black borders and without; the same of white
 * would refuse every other simulated one, whose windows clip the densest bone: it is twice what the whitest of 25 of these
 * has.
 */
const [MOST_WHITE, MOST_BLACK] = [0.11, 0.546];

/** Null for a radiograph as it should be. */
export function radiographFault(image: DisplayImage): RadiographFault | null {
  const small = shrunk(image);
  const blackened = blackenWhiteBorder(small.pixels, small.width, small.height);
  // White from the border is a frame, or the air of an inverted radiograph: what is left tells which.
  const field = small.pixels.filter((value, i) => blackened[i] === value).toSorted();
  if (field.length < LEAST_FIELD * small.pixels.length) return "flat";
  const at = (share: number) => field[Math.round(share * (field.length - 1))];
  if (at(0.99) - at(0.01) < LEAST_CONTRAST) return "flat";
  if (skewness(field) < 0) return "inverted";
  const { white, black } = clippedIn(small, blackened);
  if (white > MOST_WHITE) return "white";
  return black > MOST_BLACK ? "black" : null;
}

/** How much of where the ankle is has no grey level of its own. */
export function clippedShares(image: DisplayImage): ClippedShares {
  const small = shrunk(image);
  return clippedIn(small, blackenWhiteBorder(small.pixels, small.width, small.height));
}

/** A burnt-out bone that reaches the border is blackened as a frame is: white is counted on the picture as it was. */
function clippedIn(image: DisplayImage, blackened: Float32Array): ClippedShares {
  const { pixels, width } = image;
  const field = withoutBlackBorder(
    image,
    boxOf(image, (i) => blackened[i] === pixels[i]),
    boxOf(image, (i) => blackened[i] === pixels[i] && pixels[i] > BLACK),
  );
  const isDivider = dividersIn(image, field);
  let [all, white, black] = [0, 0, 0];
  const quarter = (from: number, to: number) => (to + 1 - from) / 4;
  const isMiddle = (at: number, from: number, to: number) =>
    at >= from + quarter(from, to) && at <= to - quarter(from, to);
  for (let y = field.top; y <= field.bottom; y++) {
    if (!isMiddle(y, field.top, field.bottom)) continue;
    for (let x = field.left; x <= field.right; x++) {
      if (!isMiddle(x, field.left, field.right) || isDivider(x, y)) continue;
      const value = pixels[y * width + x];
      all++;
      if (value >= WHITE) white++;
      if (value <= BLACK) black++;
    }
  }
  return all === 0 ? { white: 0, black: 0 } : { white: white / all, black: black / all };
}

/** In whole pixels, each the last within; empty where `right` is before `left`. */
interface PixelBox {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function boxOf({ width, height }: DisplayImage, isIn: (index: number) => boolean): PixelBox {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let i = 0; i < width * height; i++) {
    if (!isIn(i)) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return { left, right, top, bottom };
}

/**
 * Black around what is lit is a collimator's where it ends in a straight edge: then the field is what is lit. Else it may be
 * air or tissue that sank into black, and lies about the ankle; but what one side has more of than the other is none of
 * the middle, as on a plate with one half exposed.
 */
function withoutBlackBorder(image: DisplayImage, field: PixelBox, lit: PixelBox): PixelBox {
  if (lit.right < lit.left) return field;
  const borders = {
    left: lit.left - field.left,
    right: field.right - lit.right,
    top: lit.top - field.top,
    bottom: field.bottom - lit.bottom,
  };
  const isStraight =
    (borders.left > 0 && isLitAlong(image, lit, "x", lit.left, 1)) ||
    (borders.right > 0 && isLitAlong(image, lit, "x", lit.right, -1)) ||
    (borders.top > 0 && isLitAlong(image, lit, "y", lit.top, 1)) ||
    (borders.bottom > 0 && isLitAlong(image, lit, "y", lit.bottom, -1));
  if (isStraight) return lit;
  const [across, down] = [
    Math.min(borders.left, borders.right),
    Math.min(borders.top, borders.bottom),
  ];
  return {
    left: lit.left - across,
    right: lit.right + across,
    top: lit.top - down,
    bottom: lit.bottom + down,
  };
}

/** Of an edge's length: no bone is as straight. */
const STRAIGHT = 0.8;

/** Along the column or row at `from`, or along the next one, since averaging may darken the first. */
function isLitAlong(
  image: DisplayImage,
  box: PixelBox,
  axis: "x" | "y",
  from: number,
  step: 1 | -1,
): boolean {
  return [from, from + step].some(
    (at) => shareAlong(image, box, axis, at, (value) => value > BLACK) >= STRAIGHT,
  );
}

/** Of the pixels in a column (`x`) or row (`y`) of the box. */
function shareAlong(
  { pixels, width }: DisplayImage,
  { left, right, top, bottom }: PixelBox,
  axis: "x" | "y",
  at: number,
  isMeant: (value: number) => boolean,
): number {
  const [first, last] = axis === "x" ? [top, bottom] : [left, right];
  let count = 0;
  for (let other = first; other <= last; other++) {
    const value = axis === "x" ? pixels[other * width + at] : pixels[at * width + other];
    if (value !== undefined && isMeant(value)) count++;
  }
  return count / (last + 1 - first);
}

/**
 * White that parts two exposures of one plate: from border to border, and with straight sides, which a bone that is burnt
 * out has not.
 */
function dividersIn(image: DisplayImage, field: PixelBox): (x: number, y: number) => boolean {
  const columns = dividersAlong(image, field, "x", field.left, field.right);
  const rows = dividersAlong(image, field, "y", field.top, field.bottom);
  return (x, y) => columns.has(x) || rows.has(y);
}

/** Columns or rows, with the next one on either side, which averaging makes half white. */
function dividersAlong(
  image: DisplayImage,
  field: PixelBox,
  axis: "x" | "y",
  first: number,
  last: number,
): Set<number> {
  const whiteAt = (at: number) => shareAlong(image, field, axis, at, (value) => value >= WHITE);
  const found = new Set<number>();
  for (let from = first; from <= last; from++) {
    if (whiteAt(from) < 1) continue;
    let to = from;
    while (to < last && whiteAt(to + 1) === 1) to++;
    const [before, behind] = [from - 2, to + 2];
    const isWithin = before >= first && behind <= last;
    if (isWithin && Math.max(whiteAt(before), whiteAt(behind)) < 1 - STRAIGHT) {
      for (let at = from - 1; at <= to + 1; at++) found.add(at);
    }
    from = to;
  }
  return found;
}

/** Means over squares; the last rows and columns that fill none are left out. */
function shrunk({ pixels, width, height }: DisplayImage): DisplayImage & { pixels: Float32Array } {
  const side = Math.max(1, Math.ceil(Math.max(width, height) / LONGEST_SIDE));
  const [columns, rows] = [Math.floor(width / side), Math.floor(height / side)];
  if (side === 1 || columns === 0 || rows === 0) {
    return { width, height, pixels: Float32Array.from(pixels) };
  }
  const means = new Float32Array(columns * rows);
  const area = side ** 2;
  for (let y = 0; y < rows * side; y++) {
    const row = Math.floor(y / side) * columns;
    for (let column = 0; column < columns; column++) {
      const from = y * width + column * side;
      for (let i = from; i < from + side; i++) means[row + column] += pixels[i] / area;
    }
  }
  return { width: columns, height: rows, pixels: means };
}

/** Below 0 where the few are darker than the many; 0 where all are alike. */
function skewness(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [second, third] = [0, 0];
  for (const value of values) {
    second += (value - mean) ** 2;
    third += (value - mean) ** 3;
  }
  const deviation = Math.sqrt(second / values.length);
  return deviation < 1e-6 ? 0 : third / values.length / deviation ** 3;
}
