/**
 * Bands of detail: how a radiograph differs from its own surroundings. A hairline changes the grey
 * levels of an exposure by a few hundredths, while bone and air differ by all there is; a network that
 * begins without weights finds it sooner where that difference is taken away.
 */
import type { NetworkImage } from "./images.ts";

/**
 * Each value less the mean of the square window around it, `2 * radius + 1` pixels wide and cut at
 * the image's border. [height * width], in the image's unit.
 */
export function detailBand({ width, height, pixels }: NetworkImage, radius: number): Float32Array {
  const across = slidingMeans(pixels, height, width, width, 1, radius);
  const mean = slidingMeans(across, width, height, 1, width, radius);
  const detail = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) detail[i] = pixels[i] - mean[i];
  return detail;
}

/** Means along lines of `length` values that lie `step` apart; line `n` begins at `n * lineStep`. */
function slidingMeans(
  values: Float32Array,
  lines: number,
  length: number,
  lineStep: number,
  step: number,
  radius: number,
): Float32Array {
  const means = new Float32Array(values.length);
  for (let line = 0; line < lines; line++) {
    const start = line * lineStep;
    let sum = 0;
    for (let i = 0; i < Math.min(radius, length); i++) sum += values[start + i * step];
    for (let i = 0; i < length; i++) {
      const enters = i + radius;
      const leaves = i - radius - 1;
      if (enters < length) sum += values[start + enters * step];
      if (leaves >= 0) sum -= values[start + leaves * step];
      const count = Math.min(length - 1, enters) - Math.max(0, leaves + 1) + 1;
      means[start + i * step] = sum / count;
    }
  }
  return means;
}
