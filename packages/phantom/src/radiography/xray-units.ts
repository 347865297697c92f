/** The two simulated hospitals' X-ray units. Figures of detectors: PHANTOM.md 3, recalled there. */
import type { XrayUnit } from "./xray-unit.ts";

/** What every simulated file calls its maker, and keeps when it is de-identified: by it one is known. */
export const SIMULATED_MANUFACTURER = "Malleolus Simulated";

/** A digital unit with a flat panel. */
export const internalXrayUnit: XrayUnit = {
  modality: "DX",
  manufacturer: SIMULATED_MANUFACTURER,
  model: "Phantom DX 150",
  kilovolts: 60,
  spectrum: [0.3, 0.42, 0.28],
  pitchMm: 0.15,
  width: 1024,
  height: 1280,
  sourceToDetectorMm: 1100,
  doseMicrogray: 3.5,
  quantumEfficiency: 0.5,
  focalBlurMm: 0.04,
  detectorBlurMm: 0.13,
  scatterFraction: 0.27,
  saturation: 1.3,
  bitsStored: 12,
  photometric: "MONOCHROME2",
  compression: "none",
  border: "cropped",
  processing: { latitude: 0.65, latitudeMm: 14, edgeGain: 0.6, edgeMm: 0.7, contrast: 4.2 },
};

/** An older unit with storage-phosphor plates. */
export const externalXrayUnit: XrayUnit = {
  modality: "CR",
  manufacturer: SIMULATED_MANUFACTURER,
  model: "Phantom CR 100",
  kilovolts: 57,
  spectrum: [0.36, 0.41, 0.23],
  pitchMm: 0.117,
  width: 1312,
  height: 1640,
  sourceToDetectorMm: 1050,
  doseMicrogray: 4.2,
  quantumEfficiency: 0.27,
  focalBlurMm: 0.07,
  detectorBlurMm: 0.19,
  scatterFraction: 0.3,
  saturation: 1.15,
  bitsStored: 10,
  photometric: "MONOCHROME1",
  compression: "lossless JPEG",
  border: "white",
  processing: { latitude: 0.9, latitudeMm: 20, edgeGain: 0.35, edgeMm: 1.2, contrast: 3.4 },
};

/** The same unit with larger or smaller pixels over the same field. */
export function withPitch(unit: XrayUnit, pitchMm: number): XrayUnit {
  const factor = unit.pitchMm / pitchMm;
  return {
    ...unit,
    pitchMm,
    width: Math.round(unit.width * factor),
    height: Math.round(unit.height * factor),
  };
}
