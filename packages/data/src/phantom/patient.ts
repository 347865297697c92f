/** A simulated patient: one ankle, drawn from `ranges.ts`. */
import type { AnkleShape } from "./anatomy/shape.ts";
import { drawFracture } from "./draw-fracture.ts";
import type { Fracture, WeberClass } from "./fracture.ts";
import { createRandom, type Random } from "./random.ts";
import { FRACTURE, LOOK_ALIKES, PATIENT } from "./ranges.ts";

/** Why a study is left out; `null` where it is not. */
export type Exclusion =
  | "tibia involved"
  | "cast"
  | "callus"
  | "hardware"
  | "open physes"
  | "poor quality"
  | "wrong view";

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
  readonly nutrientCanal: boolean;
  readonly skinFold: boolean;
  readonly exclusion: Exclusion | null;
}

/** What a study may fix; the rest is drawn. */
export interface PatientWish {
  readonly weberClass: WeberClass | null;
  readonly exclusion: Exclusion | null;
}

/** The same seed and wish always give the same patient. */
export function drawPatient(seed: string, wish: PatientWish): Patient {
  const random = createRandom(seed, "patient");
  const child = wish.exclusion === "open physes";
  const sex = random.chance(PATIENT.shareOfWomen.value) ? "female" : "male";
  const ageYears = Math.round(random.spread(child ? PATIENT.childAge : PATIENT.adultAge));
  const fracture =
    wish.weberClass === null ? null : drawFracture(wish.weberClass, createRandom(seed, "fracture"));
  const shape = drawShape(sex, ageYears, fracture !== null, random);
  const mineralLost = PATIENT.mineralLostPerYear.value * Math.max(0, ageYears - 25);
  return {
    seed,
    sex,
    ageYears,
    side: random.chance(0.5) ? "left" : "right",
    shape,
    mineral: Math.max(0.35, random.spread(PATIENT.mineralDensity) - mineralLost),
    mortiseAngleDegrees: random.spread(
      sex === "female" ? PATIENT.mortiseAngleWoman : PATIENT.mortiseAngleMan,
    ),
    physes: child ? "open" : random.chance(PATIENT.shareOfScars.value) ? "scarred" : "closed",
    fracture,
    osSubfibulare: random.chance(LOOK_ALIKES.osSubfibulare.value),
    nutrientCanal: random.chance(LOOK_ALIKES.nutrientCanal.value),
    skinFold: random.chance(LOOK_ALIKES.skinFold.value),
    exclusion: wish.exclusion,
  };
}

function drawShape(
  sex: Patient["sex"],
  ageYears: number,
  broken: boolean,
  random: Random,
): AnkleShape {
  const adult = random.spread(sex === "female" ? PATIENT.womanScale : PATIENT.manScale);
  const lost = sex === "female" ? PATIENT.cortexLostPerYearWoman : PATIENT.cortexLostPerYearMan;
  // Drawn in any case, so that the same seed has the same ankle with a fracture and without.
  const { withFracture, withoutFracture } = LOOK_ALIKES.swelling;
  const swollen = random.chance(broken ? withFracture : withoutFracture);
  const swelling = random.spread(FRACTURE.swelling) * (swollen ? 1 : 0);
  return {
    scale: ageYears < 15 ? adult * (0.72 + 0.28 * (ageYears / 15)) : adult,
    shaftWidth: random.spread(PATIENT.shaftWidth),
    domeRadius: random.spread(PATIENT.domeRadius),
    domeWidth: random.spread(PATIENT.domeWidth),
    superiorClearSpace: random.spread(PATIENT.superiorClearSpace),
    medialClearSpace: random.spread(PATIENT.medialClearSpace),
    tibiofibularClearSpace: random.spread(PATIENT.tibiofibularClearSpace),
    lateralTip: random.spread(PATIENT.lateralTip),
    medialTip: random.spread(PATIENT.medialTip),
    fibulaForward: random.spread(PATIENT.fibulaForward),
    cortex: random.spread(PATIENT.youngCortex) - lost.value * Math.max(0, ageYears - 20),
    calcanealPitchDegrees: random.spread(PATIENT.calcanealPitch),
    tissue: random.spread(PATIENT.tissue),
    lateralSwelling: swelling,
    medialSwelling: swelling * random.between(0, 0.5),
  };
}
