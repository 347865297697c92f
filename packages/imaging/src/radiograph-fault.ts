/**
 * What a picture must not be for a detector to look at it: inverted, or without contrast. A network calls such a
 * picture sound as readily as any, since it finds nothing on it.
 *
 * Told from its grey levels alone, after its small detail has been averaged away. Air and soft tissue are dark and
 * take most of a radiograph, bone is bright and takes little: its grey levels lean to the dark side, and the other way
 * round where they are inverted. The limits, and what they cost, were measured on FracAtlas
 * (`experiments/radiograph-faults.ts`). Which part of the body it is tells a network (`openAnkleCheck`). Not told:
 * mirroring, burnt-out bones, casts, metal, open growth plates.
 */
import { blackenCollimation } from "./collimation.ts";
import type { DisplayImage } from "./images.ts";

export type RadiographFault = "inverted" | "flat";

/** In pixels, after averaging. */
const LONGEST_SIDE = 128;
/** Of the displayed range, between the darkest and the brightest hundredth. */
const LEAST_CONTRAST = 0.2;
/** Of the picture: what a white frame leaves, and what inverted air leaves. */
const LEAST_FIELD = 0.05;

/** Null for a radiograph as it should be. */
export function radiographFault(image: DisplayImage): RadiographFault | null {
  const { pixels, width, height } = shrunk(image);
  const blackened = blackenCollimation(pixels, width, height);
  // White from the border is a frame, or the air of an inverted radiograph: what is left tells which.
  const field = pixels.filter((value, i) => blackened[i] === value).toSorted();
  if (field.length < LEAST_FIELD * pixels.length) return "flat";
  const at = (share: number) => field[Math.round(share * (field.length - 1))];
  if (at(0.99) - at(0.01) < LEAST_CONTRAST) return "flat";
  return skewness(field) < 0 ? "inverted" : null;
}

/** Means over squares; the last rows and columns that fill none are left out. */
function shrunk({ pixels, width, height }: DisplayImage): DisplayImage & { pixels: Float32Array } {
  const side = Math.max(1, Math.ceil(Math.max(width, height) / LONGEST_SIDE));
  const [columns, rows] = [Math.floor(width / side), Math.floor(height / side)];
  if (side === 1 || columns === 0 || rows === 0) {
    return { width, height, pixels: Float32Array.from(pixels) };
  }
  const means = new Float32Array(columns * rows);
  for (let y = 0; y < rows * side; y++) {
    const row = Math.floor(y / side) * columns;
    for (let x = 0; x < columns * side; x++) {
      means[row + Math.floor(x / side)] += pixels[y * width + x] / side ** 2;
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
