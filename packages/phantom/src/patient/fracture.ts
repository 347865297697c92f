/**
 * A fracture of the fibula as it is drawn: where its surface runs, how rough it is, how far its sides
 * gape and how the part below is moved; and its class. Levels are millimetres above the plafond at the
 * size of an average man, as in `shape.ts`. Its surface is `anatomy/fracture-surface.ts`.
 */
import { ankleClassification } from "@malleolus/schema";

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

/**
 * The class by the rule of PHANTOM.md 2a: A where the line stays at or below the plafond, B where it
 * crosses the plafond or begins within the syndesmosis, C where it lies wholly above it. The lower
 * end decides between B and C.
 */
export function weberClassOf(lowestMm: number, highestMm: number): WeberClass {
  const { weberAEnds, weberCBegins } = ankleClassification.zonesMm;
  if (highestMm <= weberAEnds) return "A";
  return lowestMm <= weberCBegins ? "B" : "C";
}
