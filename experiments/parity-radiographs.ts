/**
 * The radiographs on which engines are compared: simulated, of all classes and of both hospitals, at odd sizes; one
 * in five is cut to a strip without an ankle, where there is little or nothing to find.
 */
import type { DisplayImage } from "@malleolus/imaging";
import {
  externalHospital,
  internalHospital,
  type PatientSpec,
  simulateStudy,
  withPitch,
} from "@malleolus/phantom";

const CLASSES: readonly PatientSpec["weberClass"][] = ["A", "B", "C", null];
/** Millimetres a pixel: coarse, since detectors work at a few hundred pixels anyway. */
const PITCHES = [0.4, 0.37, 0.52] as const;
const STRIP_EVERY = 5;

/** Of one patient, whole. */
export function patientRadiographs(patient: number): DisplayImage[] {
  const hospital = patient % 2 === 0 ? externalHospital : internalHospital;
  const spec = { weberClass: CLASSES[patient % CLASSES.length], exclusion: null };
  const unit = withPitch(hospital.xrayUnit, PITCHES[patient % PITCHES.length]);
  const { images } = simulateStudy(hospital, "onnx-parity", patient, spec, unit);
  return images.map(({ radiograph: { width, height, pixels } }) => ({ width, height, pixels }));
}

/** What is shown of the `number`th of all radiographs, from 1: of some a strip of the top, leg or air beside it. */
export function shownPart(image: DisplayImage, number: number): DisplayImage {
  if (number % STRIP_EVERY !== 0) return image;
  const { width } = image;
  const height = Math.floor(image.height / STRIP_EVERY);
  return { width, height, pixels: image.pixels.slice(0, width * height) };
}
