/** The input of COCO's measures: an image's objects and its detections. */
import type { Box, RunLength } from "@malleolus/geometry";

export interface LabeledImage {
  readonly truths: readonly TrueObject[];
  readonly detections: readonly DetectedObject[];
  /** What an image head says: the probability that the image shows each class, by name. */
  readonly shown?: Readonly<Record<string, number>> | null;
}

/** What a study calls the class of no fracture: its instances, intact bones, are no objects to find. */
export const NO_FRACTURE = "no_fracture";

export interface TrueObject {
  readonly class: string;
  readonly box: Box;
  /** In square pixels: width times height, as the annotations give them. */
  readonly boxArea: number;
  /** Of the whole image. */
  readonly mask: RunLength;
  /** In square pixels, as the annotations give it: decides whether it is small, medium or large. */
  readonly area: number;
  /** A region of too many objects to draw: what is found in it counts neither for nor against. */
  readonly isCrowd: boolean;
}

export interface DetectedObject {
  readonly class: string;
  readonly score: number;
  readonly box: Box;
  /** In square pixels. */
  readonly boxArea: number;
  /** Of the whole image. */
  readonly mask: RunLength;
}

/** What is compared: boxes, or masks pixel by pixel. */
export type Shape = "box" | "mask";
