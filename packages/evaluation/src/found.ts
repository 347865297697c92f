/**
 * When an object is found: one definition, for patients and for COCO files.
 *
 * An object is found by a finding at or above the operating score whose box overlaps the object's with
 * at least a stated intersection over union, 0.3 unless another is asked for. It says that the finding
 * points at the object: two annotators draw the box of one fracture with an overlap of about a half,
 * so that 0.5 would ask of a detector what people do not reach, and any overlap at all would take a
 * corner for a hit. How well it is outlined is said by the overlaps themselves.
 *
 * Findings are taken best first. Each stands for the object it overlaps most of those that are free; a
 * further one on an object that is found is neither right nor a false positive; in a crowd, nor is one
 * that lies in it by half. Every other finding is a false positive. The class plays no part: whether
 * it is right is asked elsewhere.
 */
import { type Box, boxArea, boxIou, intersectBoxes } from "@malleolus/geometry";
import { EvaluationError } from "./errors.ts";

/** The overlap from which a finding points at an object. */
export const FOUND_IOU = 0.3;

export interface Place {
  readonly box: Box;
  readonly score: number;
}

/** What a finding stands for: an object by its place, an object that is found already, a crowd, nothing. */
export type Standing =
  | { readonly is: "hit"; readonly object: number }
  | { readonly is: "repeat" | "in a crowd" | "false positive" };

const IN_CROWD = 0.5;

/** In the order of the findings, which are sorted by falling score. */
export function standings(
  findings: readonly Place[],
  objects: readonly Box[],
  crowds: readonly Box[],
  leastIou: number,
): Standing[] {
  const taken = new Set<number>();
  return findings.map(({ box }): Standing => {
    const overlaps = objects.map((object) => boxIou(object, box));
    let best: number | null = null;
    for (const [object, iou] of overlaps.entries()) {
      if (taken.has(object) || iou < leastIou) continue;
      if (best === null || iou > overlaps[best]) best = object;
    }
    if (best !== null) {
      taken.add(best);
      return { is: "hit", object: best };
    }
    if (overlaps.some((iou) => iou >= leastIou)) return { is: "repeat" };
    const isInCrowd = crowds.some(
      (crowd) => boxArea(intersectBoxes(crowd, box)) >= IN_CROWD * boxArea(box),
    );
    return { is: isInCrowd ? "in a crowd" : "false positive" };
  });
}

/** @throws EvaluationError `input` for an overlap that is none; `where` begins the message. */
export function checkFoundIou(leastIou: number, where: string): void {
  if (leastIou > 0 && leastIou <= 1) return;
  throw new EvaluationError(
    "input",
    `${where}: expected an overlap above 0 and up to 1 from which an object is found, got ${leastIou}`,
  );
}
