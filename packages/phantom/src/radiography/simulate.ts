/**
 * One simulated radiograph with its ground truth: project, expose, process.
 */
import type { Ankle } from "../anatomy/ankle.ts";
import { createRandom } from "../random.ts";
import { placeMarker, sampleAperture } from "./aperture.ts";
import { cropRaySums } from "./attenuation.ts";
import { cropCamera, spacingAtCenterMm } from "./camera.ts";
import { type Conspicuity, conspicuityOf, contrastToNoise } from "./conspicuity.ts";
import { expose, noiselessSignal } from "./exposure.ts";
import { processed } from "./processing.ts";
import { projectFibula, sampleGrain, surroundings, withFibula } from "./ray-sums.ts";
import { type ImageTruth, imageTruth } from "./truth.ts";
import { type PhantomView, sampleView } from "./view.ts";
import type { XrayUnit } from "./xray-unit.ts";

export interface PhantomRadiograph {
  readonly view: PhantomView;
  readonly width: number;
  readonly height: number;
  /** As displayed, 0 black to 1 white. */
  readonly pixels: Float32Array;
  /** Of a pixel at the detector, and at the depth of the ankle. */
  readonly detectorSpacingMm: number;
  readonly spacingMm: number;
  readonly truth: ImageTruth;
  /** Contrast of the fracture over noise and clutter, and its grade; null without a fracture. */
  readonly fractureContrast: number | null;
  readonly conspicuity: Conspicuity | null;
}

/** The same ankle, view and X-ray unit always give the same image. */
export function simulateRadiograph(
  ankle: Ankle,
  view: PhantomView,
  unit: XrayUnit,
): PhantomRadiograph {
  const { patient } = ankle;
  const used = patient.exclusion === "poor quality" ? spoiled(unit) : unit;
  const random = createRandom(patient.seed, "exposure", view);
  const geometry = sampleView(patient, view, unit);
  const grain = sampleGrain(createRandom(patient.seed, "grain", view));
  const { camera } = geometry;
  const { sums: around, tibia } = surroundings(ankle, geometry, grain);
  placeMarker(around, patient.side === "left" ? "L" : "R", unit.pitchMm, random);
  const aperture = sampleAperture(unit, random);

  const fibula = projectFibula(ankle.fibula, camera);
  const sums = withFibula(around, fibula, camera, grain);
  const noiseless = noiselessSignal(sums, aperture, used);
  const exposure = expose(noiseless, sums, used, random);
  const outer = fibula.filter(({ body }) => body.trabeculae === null);
  const truth = imageTruth(
    ankle,
    camera,
    tibia,
    outer.map(({ map }) => map),
  );

  let fractureContrast: number | null = null;
  if (truth.fracture !== null) {
    // Only around the fracture: elsewhere both are the same.
    const box = truth.fractureBox ?? [0, 0, 0, 0];
    const part = cropCamera(camera, box);
    const whole = projectFibula(ankle.wholeFibula, part);
    fractureContrast = contrastToNoise(
      {
        box,
        broken: cropRaySums(sums, box),
        unbroken: withFibula(cropRaySums(around, box), whole, part, grain),
        noiseless,
        aperture,
        openQuanta: exposure.openQuanta,
        unit: used,
      },
      truth.fracture,
    );
  }
  return {
    view,
    width: unit.width,
    height: unit.height,
    pixels: processed(exposure, unit, aperture),
    detectorSpacingMm: unit.pitchMm,
    spacingMm: spacingAtCenterMm(camera),
    truth,
    fractureContrast,
    conspicuity: fractureContrast === null ? null : conspicuityOf(fractureContrast),
  };
}

/** Moved while exposed, and too little dose. */
function spoiled(unit: XrayUnit): XrayUnit {
  return {
    ...unit,
    focalBlurMm: 0.9,
    doseMicrogray: 0.12 * unit.doseMicrogray,
    scatterFraction: unit.scatterFraction + 0.2,
  };
}
