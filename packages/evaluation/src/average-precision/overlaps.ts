/** The overlaps of detections and truths, as pycocotools' `maskUtils.iou` has it. */
import { boxArea, intersectBoxes } from "@malleolus/geometry";
import type { DetectedObject, Shape, TrueObject } from "./labeled-image.ts";
import { runsArea, runsIntersection } from "./run-overlap.ts";

/** In square pixels. */
export function areaOf({ boxArea, mask }: DetectedObject | TrueObject, shape: Shape): number {
  return shape === "box" ? boxArea : runsArea(mask);
}

/**
 * For every detection its overlap with every truth: intersection over union, and with a crowd,
 * intersection over the detection.
 */
export function overlapsOf(
  detections: readonly DetectedObject[],
  truths: readonly TrueObject[],
  shape: Shape,
): number[][] {
  const areas = truths.map((truth) => areaOf(truth, shape));
  return detections.map((detection) => {
    const own = areaOf(detection, shape);
    return truths.map((truth, i) => {
      const shared =
        shape === "box"
          ? boxArea(intersectBoxes(detection.box, truth.box))
          : runsIntersection(detection.mask, truth.mask);
      const whole = truth.isCrowd ? own : own + areas[i] - shared;
      return shared === 0 ? 0 : shared / whole;
    });
  });
}
