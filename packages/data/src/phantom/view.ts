/** The views of a study: how the leg is turned, the foot held and the field centred, with errors. */
import { type Camera, placeCamera } from "./camera.ts";
import type { Machine } from "./machine.ts";
import type { Patient } from "./patient.ts";
import { createRandom } from "./random.ts";
import { VIEWS } from "./ranges.ts";

export type PhantomView = "ap" | "mortise" | "lateral";

export interface ViewGeometry {
  readonly camera: Camera;
  readonly plantarflexionDegrees: number;
}

/** A quarter turn from the front, less what the talus' axis is turned outward. */
const LATERAL_TURN_DEGREES = -84;

export function drawView(patient: Patient, view: PhantomView, machine: Machine): ViewGeometry {
  const random = createRandom(patient.seed, "view", view);
  const { width, height } = machine;
  const lateral = view === "lateral";
  const wrong = patient.exclusion === "wrong view" ? random.pick([-42, 38, 50]) : 0;
  const turn = {
    ap: () => random.spread(VIEWS.apError),
    mortise: () => random.spread(VIEWS.mortiseTurn),
    lateral: () => LATERAL_TURN_DEGREES + random.spread(VIEWS.lateralError),
  }[view]();
  const { scale } = patient.shape;
  const camera = placeCamera({
    center: [2 * scale, -6 * scale, 6 * scale],
    sourceToDetectorMm: machine.sourceToDetectorMm,
    objectToDetectorMm: random.spread(
      lateral ? VIEWS.objectToDetectorLateral : VIEWS.objectToDetectorAp,
    ),
    pitchMm: machine.pitchMm,
    width,
    height,
    principalX: width * (0.5 + random.between(-0.06, 0.06)),
    principalY: height * random.between(0.5, 0.62),
    internalRotationDegrees: turn - patient.mortiseAngleDegrees + wrong,
    rollDegrees: random.spread(VIEWS.roll),
    tiltDegrees: random.spread(VIEWS.tilt),
    side: patient.side,
    mirrored: lateral && random.chance(0.5),
  });
  return { camera, plantarflexionDegrees: random.spread(VIEWS.plantarflexion) };
}
