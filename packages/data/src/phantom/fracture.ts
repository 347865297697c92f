/**
 * A fracture of the fibula as a surface through the bone: where it runs, how rough it is, how far
 * its sides gape and how the part below is moved. Levels are millimetres above the plafond at the
 * size of an average man, as in `anatomy/shape.ts`.
 */
import type { Field } from "./field.ts";
import type { Random } from "./random.ts";
import { bumps } from "./roughness.ts";

export type WeberClass = "A" | "B" | "C";
export type Morphology = "transverse" | "oblique" | "spiral" | "avulsion" | "comminuted";

export interface Displacement {
  /** Movement of the distal part: lateral, forward and up, in millimetres. */
  readonly lateral: number;
  readonly anterior: number;
  readonly proximal: number;
  /** Turn about the fibula's axis: external rotation is positive. */
  readonly rotationDegrees: number;
  /** Tilt of its tip outward. */
  readonly valgusDegrees: number;
}

export interface Fracture {
  readonly weberClass: WeberClass;
  readonly morphology: Morphology;
  /** Of the surface at the fibula's axis. */
  readonly level: number;
  /** How much higher it lies per millimetre backwards, and outwards. */
  readonly riseBackward: number;
  readonly riseOutward: number;
  /** How much it winds: height in millimetres of the part that follows a screw. */
  readonly winding: number;
  readonly roughnessMm: number;
  readonly gapMm: number;
  readonly displacement: Displacement;
  /** Of the talus and the foot, laterally with the malleolus. */
  readonly talarShiftMm: number;
  /** A wedge between this surface and one that leaves it: how much that rises; none when null. */
  readonly wedge: { readonly level: number; readonly riseOutward: number } | null;
}

/** Signed distance from the fracture's surface, positive above. */
export function fractureSurface(
  fracture: Fracture,
  axis: (z: number) => readonly [x: number, y: number],
  random: Random,
): Field {
  const { level, riseBackward, riseOutward, winding, roughnessMm } = fracture;
  const [axisX, axisY] = axis(level);
  const coarse = bumps(random, roughnessMm, 7);
  const fine = bumps(random, 0.35 * roughnessMm, 2.3);
  const steepness = Math.sqrt(1 + riseBackward ** 2 + riseOutward ** 2 + (winding / 16) ** 2);
  return (x, y, z) => {
    const out = x - axisX;
    const back = axisY - y;
    // sin of twice the angle about the axis, growing outwards: what makes a plane a screw.
    const squared = out * out + back * back;
    const screw = squared < 1e-6 ? 0 : (winding * out * back) / Math.sqrt(squared) / 8;
    const height = level + riseBackward * back + riseOutward * out + screw;
    const jagged = coarse(x, y, 0.4 * z) + fine(x, y, 0.4 * z);
    return (z - height + jagged) / steepness;
  };
}

/** The surface that parts a wedge from the distal fragment, in the same terms. */
export function wedgeSurface(
  fracture: Fracture,
  axis: (z: number) => readonly [x: number, y: number],
  random: Random,
): Field | null {
  const { wedge } = fracture;
  if (wedge === null) return null;
  return fractureSurface(
    {
      ...fracture,
      level: wedge.level,
      riseOutward: wedge.riseOutward,
      riseBackward: -0.5 * fracture.riseBackward,
      winding: 0,
    },
    axis,
    random,
  );
}

/**
 * The class by the rule of PHANTOM.md 2a: A where the line stays at or below the plafond, B where it
 * crosses the plafond or begins within the syndesmosis, C where it lies wholly above it. The lower
 * end decides between B and C.
 */
export function weberClassOf(lowestMm: number, highestMm: number): WeberClass {
  if (highestMm <= 0) return "A";
  return lowestMm <= 10 ? "B" : "C";
}
