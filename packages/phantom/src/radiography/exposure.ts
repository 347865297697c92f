/**
 * From the sums along the rays to the detector's signal: primary beam, scatter, collimation, focal
 * spot, quantum noise, the detector's own blur and noise, saturation.
 */

import type { Random } from "../random.ts";
import { type RaySums, transmission } from "./attenuation.ts";
import { gaussianBlur, wideBlur } from "./gaussian.ts";
import type { XrayUnit } from "./xray-unit.ts";

/** RQA3-like beams: quanta per mm² and µGy (PHANTOM.md 3, recalled there). */
const QUANTA_PER_MM2_MICROGRAY = 21_000;
/** Electronic noise, in quanta. */
const ELECTRONIC_NOISE = 4;
const SCATTER_RADIUS_MM = 18;

export interface Exposure {
  readonly width: number;
  readonly height: number;
  /** Signal over that of the open beam. */
  readonly signal: Float32Array;
  /** Quanta a pixel in the open beam. */
  readonly openQuanta: number;
}

/** Primary and scattered signal before noise, over the open beam's. `aperture` is 1 in the field. */
export function noiselessSignal(
  sums: RaySums,
  aperture: Float32Array,
  unit: XrayUnit,
): Float32Array {
  const { spectrum, pitchMm } = unit;
  const primary = transmission(sums, spectrum);
  const source = new Float32Array(aperture.length);
  for (let i = 0; i < primary.length; i++) {
    primary[i] *= aperture[i];
    // What was taken out by scattering, rather than absorbed, grows with the tissue's thickness.
    const tissue = sums.fat[i] + Math.max(0, sums.muscle[i]) + sums.cortical[i];
    source[i] = primary[i] * Math.min(1, tissue / 8);
  }
  const scatter = wideBlur(source, sums.width, sums.height, SCATTER_RADIUS_MM / pitchMm);
  const ratio = unit.scatterFraction / (1 - unit.scatterFraction);
  for (let i = 0; i < primary.length; i++) primary[i] += ratio * scatter[i];
  return primary;
}

/** The exposure of a noiseless signal. */
export function expose(
  noiseless: Float32Array,
  sums: RaySums,
  unit: XrayUnit,
  random: Random,
): Exposure {
  const { width, height } = sums;
  const { pitchMm } = unit;
  const openQuanta = quantaInOpenBeam(noiseless, sums, unit);
  const noise = new Float32Array(noiseless.length);
  random.fillNormal(noise);
  const blurred = gaussianBlur(noiseless, width, height, unit.focalBlurMm / pitchMm);
  for (let i = 0; i < noise.length; i++) {
    blurred[i] += noise[i] * Math.sqrt(blurred[i] / openQuanta);
  }
  const signal = gaussianBlur(blurred, width, height, unit.detectorBlurMm / pitchMm);
  random.fillNormal(noise);
  for (let i = 0; i < signal.length; i++) {
    const value = signal[i] + (noise[i] * ELECTRONIC_NOISE) / openQuanta;
    signal[i] = Math.min(unit.saturation, Math.max(0.5 / openQuanta, value));
  }
  return { width, height, signal, openQuanta };
}

/** So that the mean behind the ankle receives the unit's dose. */
function quantaInOpenBeam(noiseless: Float32Array, sums: RaySums, unit: XrayUnit): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < noiseless.length; i += 7) {
    if (sums.fat[i] + sums.muscle[i] > 1) {
      sum += noiseless[i];
      count++;
    }
  }
  const behind = count === 0 ? 0.2 : sum / count;
  const quanta =
    unit.doseMicrogray * QUANTA_PER_MM2_MICROGRAY * unit.quantumEfficiency * unit.pitchMm ** 2;
  return quanta / Math.max(behind, 1e-3);
}
