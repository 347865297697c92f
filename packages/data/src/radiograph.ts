/**
 * A radiograph in memory: linear grayscale with all its bits, whatever file it came from.
 */
import type { ImageRecord, ValueRange } from "@malleolus/schema";

/** How stored values became displayed ones. */
export type Display =
  | {
      readonly kind: "window";
      readonly function: "LINEAR" | "LINEAR_EXACT" | "SIGMOID";
      readonly center: number;
      readonly width: number;
    }
  | { readonly kind: "lut"; readonly entries: number }
  /** No window in the file: `low` is shown black and `high` white (before any inversion). */
  | { readonly kind: "full range"; readonly low: number; readonly high: number };

export interface Radiograph extends ImageRecord {
  /**
   * `height * width` displayed values, row-major, 0 (black) to 1 (white): after rescale and VOI,
   * MONOCHROME1 inverted, pixel padding black. Never quantised to 8 bits. This is what a network
   * takes and what a screen shows.
   */
  readonly pixels: Float32Array;
  /** Of the values in the file; of the luminance where it is in colour. */
  readonly stored: ValueRange;
  /** Of `pixels`. */
  readonly displayed: ValueRange;
  readonly display: Display;
  /** What a person should know who relies on the picture: sentences, most often none. */
  readonly notes: readonly string[];
}

/** Least, greatest and mean of some values; of none, zeros. */
export function valueRange(values: ArrayLike<number>): ValueRange {
  if (values.length === 0) return { min: 0, max: 0, mean: 0 };
  let [min, max, sum] = [Infinity, -Infinity, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
  }
  return { min, max, mean: sum / values.length };
}

/**
 * The luminance of colour samples (ITU-R BT.601), in their own unit; grey stays exactly what it
 * was. `samples` holds `pixelCount` pixels of `channels` values each, one pixel after another;
 * channels after the third (alpha) are ignored.
 */
export function luminance(
  samples: ArrayLike<number>,
  pixelCount: number,
  channels: number,
): Float32Array {
  const gray = new Float32Array(pixelCount);
  for (let i = 0; i < pixelCount; i++) {
    const red = samples[i * channels];
    const green = samples[i * channels + 1];
    const blue = samples[i * channels + 2];
    // Grey first, colour as a difference: the weights' rounding cannot move a grey pixel.
    gray[i] = green + 0.299 * (red - green) + 0.114 * (blue - green);
  }
  return gray;
}
