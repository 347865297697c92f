/**
 * Outlines from other tools: images by the names that the tool has for them, and on each what somebody
 * drew. Which image of a study that is, is the study's to find.
 */
import type { Polygon } from "@malleolus/geometry";

export interface OutlinedImage {
  /** For messages: `line 3`, `image 12`. */
  readonly place: string;
  /** As the tool writes it: a file's name, a path or an address. */
  readonly fileName: string;
  /** Of the image that was drawn on; null where the file does not say. */
  readonly size: readonly [width: number, height: number] | null;
  /** Further keys of the image, as they are written. */
  readonly extra: Readonly<Record<string, unknown>>;
  /** One a person who has said something of it. Empty where nobody has. */
  readonly annotations: readonly ImageAnnotation[];
}

export interface ImageAnnotation {
  /** As the tool knows the person; null where the file does not say. */
  readonly author: string | null;
  readonly shapes: readonly OutlinedShape[];
  /** The answer to a question called "visibility"; null where nobody answered. */
  readonly visibility: string | null;
}

export interface OutlinedShape {
  readonly category: string;
  readonly polygons: readonly Polygon[];
  /** An open line `[x0, y0, x1, y1, …]`; null for what is closed. */
  readonly line: readonly number[] | null;
}

export interface OutlinesFile {
  /** What a shape of this file can be called, whether or not anything is. */
  readonly categories: readonly string[];
  readonly images: readonly OutlinedImage[];
  /** Remarks on the file, each a sentence without its full stop. */
  readonly remarks: readonly string[];
}
