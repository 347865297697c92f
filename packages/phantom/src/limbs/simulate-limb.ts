/** One radiograph of a limb with the gaps of its fractures: projected, exposed and processed as the ankle's. */
import { type Box, type Mask, maskArea, maskBounds } from "@malleolus/geometry";
import type { Body } from "../anatomy/body.ts";
import { placeMarker, sampleAperture } from "../radiography/aperture.ts";
import {
  addThickness,
  cropRaySums,
  emptyRaySums,
  type RaySums,
} from "../radiography/attenuation.ts";
import { type Camera, cropCamera, placeCamera, spacingAtCenterMm } from "../radiography/camera.ts";
import { type Conspicuity, conspicuityOf, contrastToNoise } from "../radiography/conspicuity.ts";
import { expose, noiselessSignal } from "../radiography/exposure.ts";
import { processed } from "../radiography/processing.ts";
import { addBody, type Grain, sampleGrain } from "../radiography/ray-sums.ts";
import { projectThickness } from "../radiography/thickness.ts";
import { fractureMask } from "../radiography/truth.ts";
import type { XrayUnit } from "../radiography/xray-unit.ts";
import { createRandom } from "../random.ts";
import type { Limb } from "./limb.ts";

/** How the limb lies in the beam, in degrees, and where in the image what is looked at lies, of its width and height. */
export interface LimbView {
  readonly turnDegrees: number;
  readonly rollDegrees: number;
  readonly tiltDegrees: number;
  readonly across: number;
  readonly along: number;
  readonly hasMarker: boolean;
}

export interface LimbFracture {
  readonly bone: string;
  readonly morphology: string;
  /** The gap, widened to 3 mm. */
  readonly mask: Mask;
  readonly conspicuity: Conspicuity;
}

export interface LimbRadiograph {
  readonly width: number;
  readonly height: number;
  /** As displayed, 0 black to 1 white. */
  readonly pixels: Float32Array;
  readonly spacingMm: number;
  /** Those that lie in the image. */
  readonly fractures: readonly LimbFracture[];
}

/** Rays a pixel along each side: shafts are a few pixels wide. */
const FINE = 2;

/** The same limb, view and X-ray unit always give the same image. */
export function simulateLimb(limb: Limb, view: LimbView, unit: XrayUnit): LimbRadiograph {
  const random = createRandom(limb.seed, "limb exposure", view.turnDegrees);
  const grain = sampleGrain(createRandom(limb.seed, "limb grain", view.turnDegrees));
  const camera = cameraOf(limb, view, unit);
  const around = emptyRaySums(unit.width, unit.height);
  const skin = projectThickness([limb.skin], camera);
  const muscle = projectThickness([limb.muscle], camera);
  addThickness(around, "fat", skin, 1);
  addThickness(around, "fat", muscle, -1);
  addThickness(around, "muscle", muscle, 1);
  addBodies(around, limb.others, camera, grain);
  for (const { bodies, whole } of limb.bones) {
    if (whole === null) addBodies(around, bodies, camera, grain);
  }
  if (view.hasMarker) placeMarker(around, limb.side === "left" ? "L" : "R", unit.pitchMm, random);
  const broken = limb.bones.filter(({ whole }) => whole !== null);
  const sums = copied(around);
  for (const { bodies } of broken) addBodies(sums, bodies, camera, grain);
  const aperture = sampleAperture(unit, random);
  const noiseless = noiselessSignal(sums, aperture, unit);
  const exposure = expose(noiseless, sums, unit, random);

  const fractures: LimbFracture[] = [];
  for (const [i, { gaps }] of broken.entries()) {
    const mask = fractureMask(projectThickness(gaps, camera, 3), camera);
    if (maskArea(mask) === 0) continue;
    const box = maskBounds(mask);
    const part = cropCamera(camera, box);
    const unbroken = cropRaySums(around, box);
    for (const { whole } of broken) addBodies(unbroken, whole ?? [], part, grain);
    const contrast = contrastToNoise(
      {
        box,
        broken: cropRaySums(sums, box),
        unbroken,
        noiseless,
        aperture,
        openQuanta: exposure.openQuanta,
        unit,
      },
      mask,
    );
    const { bone, fracture } = limb.fractures[i];
    fractures.push({
      bone,
      morphology: fracture.morphology,
      mask,
      conspicuity: conspicuityOf(contrast),
    });
  }
  return {
    width: unit.width,
    height: unit.height,
    pixels: processed(exposure, unit, aperture),
    spacingMm: spacingAtCenterMm(camera),
    fractures,
  };
}

function cameraOf(limb: Limb, view: LimbView, unit: XrayUnit): Camera {
  return placeCamera({
    center: [0, 0, limb.focusMm],
    sourceToDetectorMm: unit.sourceToDetectorMm,
    objectToDetectorMm: 50,
    pitchMm: unit.pitchMm,
    width: unit.width,
    height: unit.height,
    principalX: unit.width * view.across,
    principalY: unit.height * view.along,
    internalRotationDegrees: view.turnDegrees,
    rollDegrees: view.rollDegrees,
    tiltDegrees: view.tiltDegrees,
    side: limb.side,
    mirrored: false,
  });
}

function addBodies(sums: RaySums, bodies: readonly Body[], camera: Camera, grain: Grain): void {
  for (const [i, body] of bodies.entries()) {
    addBody(sums, body, projectThickness([body.mesh], camera, FINE), camera, grain.of(i));
  }
}

function copied(sums: RaySums): RaySums {
  const all: Box = [0, 0, sums.width, sums.height];
  return cropRaySums(sums, all);
}
