/**
 * Other grey levels for the same shadows: `value ** gamma`, as another hospital's processing might
 * have it. Black and white stay where they are.
 */

/** From 1 / greatest to greatest, lower and higher ones as likely. `random` gives [0, 1). */
export function sampleGamma(greatest: number, random: () => number): number {
  return greatest ** (2 * random() - 1);
}

/** Of displayed values, 0 to 1. */
export function withGamma(pixels: Float32Array, gamma: number): Float32Array {
  if (gamma === 1) return pixels;
  const changed = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) changed[i] = pixels[i] ** gamma;
  return changed;
}
