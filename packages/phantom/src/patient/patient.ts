/** A simulated patient: one ankle, drawn from `ranges.ts`. */

import { createRandom, type Spread, type Streams } from "../random.ts";
import { FRACTURE, LOOK_ALIKES, PATIENT, TIBIAL_FRACTURE } from "../ranges.ts";
import type { Fracture, WeberClass } from "./fracture.ts";
import { sampleFracture } from "./sample-fracture.ts";
import type { AnkleShape } from "./shape.ts";

/** Why a study leaves an examination out. Archives go through these in this order. */
export const EXCLUSIONS = [
  "tibia involved",
  "cast",
  "hardware",
  "callus",
  "open physes",
  "poor quality",
  "wrong view",
] as const;
export type Exclusion = (typeof EXCLUSIONS)[number];

export type TibialFracture = "medial malleolus" | "posterior malleolus" | "shaft";

export interface Patient {
  readonly seed: string;
  readonly sex: "female" | "male";
  readonly ageYears: number;
  readonly side: "left" | "right";
  readonly shape: AnkleShape;
  /** Mineral of trabecular bone over the average young adult's. */
  readonly mineral: number;
  /** Internal rotation that opens the mortise. */
  readonly mortiseAngleDegrees: number;
  readonly physes: "open" | "scarred" | "closed";
  /** Null without one. */
  readonly fracture: Fracture | null;
  readonly osSubfibulare: boolean;
  /** Behind the talus. */
  readonly osTrigonum: boolean;
  readonly nutrientCanal: boolean;
  readonly skinFold: boolean;
  /** Null for a patient whom no study excludes. */
  readonly exclusion: Exclusion | null;
  /** What of the tibia is broken; null where it is not involved. */
  readonly tibialFracture: TibialFracture | null;
}

/** What a study may fix; the rest is drawn. */
export interface PatientSpec {
  readonly weberClass: WeberClass | null;
  readonly exclusion: Exclusion | null;
}

/**
 * The same seed and spec always give the same patient. Every trait has a stream of its own: neither
 * a spec nor a trait that a later version adds or draws differently moves the others.
 */
export function samplePatient(seed: string, spec: PatientSpec): Patient {
  const of: Streams = (trait) => createRandom(seed, "patient", trait);
  const child = spec.exclusion === "open physes";
  const sex = of("sex").chance(PATIENT.shareOfWomen.value) ? "female" : "male";
  const ageYears = Math.round(of("age").spread(child ? PATIENT.childAge : PATIENT.adultAge));
  const fracture =
    spec.weberClass === null
      ? null
      : sampleFracture(spec.weberClass, (trait) => createRandom(seed, "fracture", trait));
  const mineralLost = PATIENT.mineralLostPerYear.value * Math.max(0, ageYears - 25);
  const scarred = of("physeal scar").chance(PATIENT.shareOfScars.value);
  const { source: _, ...tibialShares } = TIBIAL_FRACTURE.shares;
  return {
    seed,
    sex,
    ageYears,
    side: of("side").chance(0.5) ? "left" : "right",
    shape: sampleShape(sex, ageYears, fracture !== null, of),
    mineral: Math.max(0.35, of("mineral").spread(PATIENT.mineralDensity) - mineralLost),
    mortiseAngleDegrees: of("mortise angle").spread(
      sex === "female" ? PATIENT.mortiseAngleWoman : PATIENT.mortiseAngleMan,
    ),
    physes: child ? "open" : scarred ? "scarred" : "closed",
    fracture,
    osSubfibulare: of("os subfibulare").chance(LOOK_ALIKES.osSubfibulare.value),
    osTrigonum: of("os trigonum").chance(LOOK_ALIKES.osTrigonum.value),
    nutrientCanal: of("nutrient canal").chance(LOOK_ALIKES.nutrientCanal.value),
    skinFold: of("skin fold").chance(LOOK_ALIKES.skinFold.value),
    exclusion: spec.exclusion,
    tibialFracture:
      spec.exclusion === "tibia involved" ? of("tibial fracture").weighted(tibialShares) : null,
  };
}

function sampleShape(
  sex: Patient["sex"],
  ageYears: number,
  broken: boolean,
  of: Streams,
): AnkleShape {
  const spread = (trait: KeysOfSpreads) => of(trait).spread(PATIENT[trait]);
  const adult = of("scale").spread(sex === "female" ? PATIENT.womanScale : PATIENT.manScale);
  const lost = sex === "female" ? PATIENT.cortexLostPerYearWoman : PATIENT.cortexLostPerYearMan;
  // Drawn in any case, so that the same seed has the same ankle with a fracture and without.
  const { withFracture, withoutFracture } = LOOK_ALIKES.swelling;
  const swollen = of("swollen").chance(broken ? withFracture : withoutFracture);
  const swelling = of("swelling").spread(FRACTURE.swelling) * (swollen ? 1 : 0);
  return {
    scale: ageYears < 15 ? adult * (0.72 + 0.28 * (ageYears / 15)) : adult,
    shaftWidth: spread("shaftWidth"),
    domeRadius: spread("domeRadius"),
    domeWidth: spread("domeWidth"),
    superiorClearSpace: spread("superiorClearSpace"),
    medialClearSpace: spread("medialClearSpace"),
    tibiofibularClearSpace: spread("tibiofibularClearSpace"),
    lateralTip: spread("lateralTip"),
    medialTip: spread("medialTip"),
    fibulaForward: spread("fibulaForward"),
    cortex: spread("youngCortex") - lost.value * Math.max(0, ageYears - 20),
    calcanealPitchDegrees: spread("calcanealPitch"),
    tissue: spread("tissue"),
    lateralSwelling: swelling,
    medialSwelling: swelling * of("medial swelling").between(0, 0.5),
    swellingLevel: spread("swellingLevel"),
    swellingForward: spread("swellingForward"),
    swellingLength: spread("swellingLength"),
  };
}

type KeysOfSpreads = {
  [K in keyof typeof PATIENT]: (typeof PATIENT)[K] extends Spread ? K : never;
}[keyof typeof PATIENT];
