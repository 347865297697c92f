/**
 * What is true of one image, as proposals and regions compare it: the boxes in one array, made once a step
 * for all who read them.
 */
import type { Target } from "@malleolus/imaging";
import { boxArray } from "../boxes/box-array.ts";

export interface Truth {
  /** One after the other. [n * 4] */
  readonly boxes: Float32Array;
  readonly classes: Target["classes"];
  readonly polygons: Target["polygons"];
}

export function truthOf({ boxes, classes, polygons }: Target): Truth {
  return { boxes: boxArray(boxes), classes, polygons };
}
