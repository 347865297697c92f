/** The views of a study: how the leg is turned, the foot held and the field centred, with errors. */

import type { Patient } from "../patient/patient.ts";
import { createRandom, type Streams } from "../random.ts";
import { VIEWS } from "../ranges.ts";
import { type Camera, placeCamera } from "./camera.ts";
import type { XrayUnit } from "./xray-unit.ts";

export type PhantomView = "ap" | "mortise" | "lateral";

export interface ViewGeometry {
  readonly camera: Camera;
  readonly plantarflexionDegrees: number;
}

/** A quarter turn from the front, less what the talus' axis is turned outward. */
const LATERAL_TURN_DEGREES = -84;

export function sampleView(patient: Patient, view: PhantomView, unit: XrayUnit): ViewGeometry {
  const of: Streams = (trait) => createRandom(patient.seed, "view", view, trait);
  const { width, height } = unit;
  const lateral = view === "lateral";
  const wrong = patient.exclusion === "wrong view" ? sampleWrongView(patient.seed, of) : NOT_WRONG;
  const turn = {
    ap: () => of("turn").spread(VIEWS.apError),
    mortise: () => of("turn").spread(VIEWS.mortiseTurn),
    lateral: () => LATERAL_TURN_DEGREES + of("turn").spread(VIEWS.lateralError),
  }[view]();
  const { scale } = patient.shape;
  const camera = placeCamera({
    center: [2 * scale, -6 * scale, 6 * scale],
    sourceToDetectorMm: unit.sourceToDetectorMm,
    objectToDetectorMm: of("distance").spread(
      lateral ? VIEWS.objectToDetectorLateral : VIEWS.objectToDetectorAp,
    ),
    pitchMm: unit.pitchMm,
    width,
    height,
    principalX: width * (0.5 + of("across").between(-0.06, 0.06) + wrong.across),
    principalY: height * (of("along").between(0.5, 0.62) + wrong.along),
    internalRotationDegrees: turn - patient.mortiseAngleDegrees + wrong.turn,
    rollDegrees: of("roll").spread(VIEWS.roll),
    tiltDegrees: of("tilt").spread(VIEWS.tilt),
    side: patient.side,
    mirrored: lateral && of("mirrored").chance(0.5),
  });
  return { camera, plantarflexionDegrees: of("plantarflexion").spread(VIEWS.plantarflexion) };
}

interface WrongView {
  readonly turn: number;
  /** How far the ankle lies beside the field's middle, of its width and height. */
  readonly across: number;
  readonly along: number;
}

const NOT_WRONG: WrongView = { turn: 0, across: 0, along: 0 };

/** Turned too far in every view, or centred beside the ankle or on the foot: malleoli are cut off. */
function sampleWrongView(seed: string, of: Streams): WrongView {
  const cutOff = createRandom(seed, "wrong view").chance(VIEWS.shareCutOff.value);
  if (!cutOff) return { turn: of("wrong turn").pick([-42, 38, 50]), across: 0, along: 0 };
  return of("beside").pick([
    { turn: 0, across: -0.4, along: 0 },
    { turn: 0, across: 0.4, along: 0 },
    { turn: 0, across: 0, along: -0.44 },
  ]);
}
