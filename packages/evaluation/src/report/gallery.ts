/** Radiographs that a report shows, and the rule by which they were chosen. */
import type { ReadingsRight } from "./reader-results.ts";

export interface GalleryPart {
  /** Of the test that they are from. */
  readonly test: string;
  readonly title: string;
  /** The rule by which they were chosen, so that nobody takes them for more than they are. */
  readonly chosen: string;
  readonly items: readonly GalleryItem[];
}

export interface GalleryItem {
  /** An overlay. */
  readonly picture: Uint8Array;
  readonly pictureType: "image/png" | "image/webp";
  readonly width: number;
  readonly height: number;
  /** As in the test's outcomes. */
  readonly patient: string;
  readonly caption: string;
  /** Classes. */
  readonly truth: string;
  readonly prediction: string;
  /** The patient's scores, by class. */
  readonly scores: Readonly<Record<string, number>>;
  /** Of the fracture on this image; null where it was missed, or there is none. */
  readonly boxIou: number | null;
  /** First readings that named the true class, of those that there are; null without readings. */
  readonly agreement: ReadingsRight | null;
}
