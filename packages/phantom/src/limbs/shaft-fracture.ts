/** A fracture through a long bone, anywhere along it: of the shapes that the fibula's have, and of its own sizes, A. */
import type { FractureForm } from "../anatomy/fracture-surface.ts";
import type { Displacement } from "../patient/fracture.ts";
import type { Random } from "../random.ts";

type ShaftMorphology = "transverse" | "oblique" | "spiral" | "comminuted";

/** Levels in millimetres from the bone's distal end. */
export interface ShaftFracture extends FractureForm {
  readonly morphology: ShaftMorphology;
  readonly gapMm: number;
  readonly displacement: Displacement;
}

/** Of the surface's height, in half widths of the bone to either side. */
const RISE: Readonly<Record<ShaftMorphology, readonly [low: number, high: number]>> = {
  transverse: [0, 0.3],
  oblique: [0.6, 1.5],
  spiral: [1.2, 2.6],
  comminuted: [0.2, 1.2],
};
/** How far the bone's distal end moves at most, whatever the angle. */
const FARTHEST_END_MM = 10;

/** `halfWidthMm` is the bone's where it breaks. */
export function sampleShaftFracture(
  level: number,
  halfWidthMm: number,
  random: Random,
): ShaftFracture {
  const morphology = random.weighted({ transverse: 35, oblique: 30, spiral: 15, comminuted: 20 });
  const rise = random.between(...RISE[morphology]);
  const direction = random.between(0, 2 * Math.PI);
  const isHairline = random.chance(0.2);
  const gapMm = isHairline ? random.between(0.5, 1) : random.between(0.8, 3.5);
  const shift = isHairline ? 0 : Math.abs(random.normal()) * 0.35 * halfWidthMm;
  const toward = random.between(0, 2 * Math.PI);
  const mostDegrees = (Math.atan(FARTHEST_END_MM / Math.max(level, 10)) * 180) / Math.PI;
  const bent = isHairline ? 0 : Math.min(18, mostDegrees) * random.between(-1, 1);
  return {
    morphology,
    level,
    riseOutward: rise * Math.cos(direction),
    riseBackward: rise * Math.sin(direction),
    winding: morphology === "spiral" ? random.between(0.5, 1.2) * 2 * halfWidthMm : 0,
    roughnessMm: random.between(0.2, 0.9),
    gapMm,
    displacement: {
      lateral: Math.min(1.4 * halfWidthMm, shift) * Math.cos(toward),
      anterior: Math.min(1.4 * halfWidthMm, shift) * Math.sin(toward),
      proximal: isHairline ? 0 : random.between(-0.1, 0.35) * Math.min(shift, halfWidthMm),
      rotationDegrees: isHairline ? 0 : random.between(-8, 8),
      valgusDegrees: bent,
    },
    wedge:
      morphology === "comminuted"
        ? {
            level: level - random.between(0.2, 0.9) * halfWidthMm,
            riseOutward: random.between(0.8, 2) * (random.chance(0.5) ? 1 : -1),
          }
        : null,
  };
}
