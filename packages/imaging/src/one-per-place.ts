/**
 * One fracture a place. Detectron2 suppresses within a class, so that one line on a bone is Weber A
 * with 0.6, B with 0.3 and C with 0.2 at once: three findings that contradict each other. Here a
 * finding says that there is a fracture, and how its class is distributed.
 *
 * A detection's fracture score is the probability that its region shows a fracture of any class; of
 * detections of one place the one with the highest stays, with the box and mask of its own likeliest
 * class. The sound class is not a fracture and gives no finding.
 */
import { type Box, boxArea, boxIou, intersectBoxes } from "@malleolus/geometry";
import type { Detection } from "./detection.ts";

export interface PlacedFracture extends Detection {
  /** The sum of its fracture classes' probabilities. */
  readonly fractureScore: number;
  /** Of the fracture classes, summing to 1; 0 for the sound class. [K] */
  readonly distribution: Float32Array;
}

/** Boxes that overlap so far are of one place. */
const SAME_FROM = 0.5;
/** Or one that lies in another by so much of its area: a part of a fracture, not a second one. */
const WITHIN_FROM = 0.7;

/**
 * By falling fracture score.
 *
 * @param soundClass index of the class of a sound bone; -1 without one
 */
export function onePerPlace(
  detections: readonly Detection[],
  soundClass: number,
): PlacedFracture[] {
  const candidates = detections
    .filter((detection) => detection.class !== soundClass)
    .map((detection) => placed(detection, soundClass))
    .toSorted((a, b) => b.fractureScore - a.fractureScore || b.score - a.score);
  const kept: PlacedFracture[] = [];
  for (const candidate of candidates) {
    if (!kept.some(({ box }) => isSamePlace(box, candidate.box))) kept.push(candidate);
  }
  return kept;
}

function placed(detection: Detection, soundClass: number): PlacedFracture {
  const own = detection.probabilities.map((p, index) => (index === soundClass ? 0 : p));
  const fractureScore = own.reduce((sum, p) => sum + p, 0);
  return { ...detection, fractureScore, distribution: own.map((p) => p / fractureScore) };
}

function isSamePlace(a: Box, b: Box): boolean {
  const smaller = Math.min(boxArea(a), boxArea(b));
  return boxIou(a, b) >= SAME_FROM || boxArea(intersectBoxes(a, b)) >= WITHIN_FROM * smaller;
}
