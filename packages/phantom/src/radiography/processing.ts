/**
 * An X-ray unit's processing of its signal: logarithm, range from the histogram, compressed latitude,
 * sharpened edges, a sigmoid curve. Bone comes out bright.
 */
import type { Exposure } from "./exposure.ts";
import { wideBlur } from "./gaussian.ts";
import type { XrayUnit } from "./xray-unit.ts";

/** Displayed values, 0 black to 1 white. */
export function processed(exposure: Exposure, unit: XrayUnit, exposed: Float32Array): Float32Array {
  const { width, height, signal } = exposure;
  const { processing, pitchMm } = unit;
  const density = new Float32Array(signal.length);
  for (let i = 0; i < density.length; i++) density[i] = -Math.log(signal[i]);
  const [low, high] = anatomicalRange(density, exposed);
  for (let i = 0; i < density.length; i++) {
    density[i] = Math.min(1.6, Math.max(-0.6, (density[i] - low) / (high - low)));
  }
  const base = wideBlur(density, width, height, processing.latitudeMm / pitchMm);
  const smooth = wideBlur(density, width, height, processing.edgeMm / pitchMm);
  const shown = new Float32Array(density.length);
  for (let i = 0; i < shown.length; i++) {
    const detail = density[i] - smooth[i];
    const value =
      density[i] - (1 - processing.latitude) * (base[i] - 0.5) + processing.edgeGain * detail;
    shown[i] = 1 / (1 + Math.exp(-processing.contrast * (value - 0.5)));
  }
  const floor = 1 / (1 + Math.exp(processing.contrast * 0.5));
  for (let i = 0; i < shown.length; i++) {
    shown[i] = Math.min(1, Math.max(0, (shown[i] - floor) / (1 - 2 * floor)));
  }
  return shown;
}

/** Open beam and densest bone, from the exposed part's histogram. */
function anatomicalRange(
  density: Float32Array,
  exposed: Float32Array,
): [low: number, high: number] {
  const sample: number[] = [];
  for (let i = 0; i < density.length; i += 61) if (exposed[i] > 0.5) sample.push(density[i]);
  sample.sort((a, b) => a - b);
  const at = (share: number) => sample[Math.floor(share * (sample.length - 1))] ?? 0;
  return [at(0.01), Math.max(at(0.01) + 0.5, at(0.985))];
}
