/**
 * What a segmentation says of an image: one label a pixel, and how several structures at one pixel become
 * one.
 *
 * A pixel has one label, as softmax and its cross-entropy want it. Structures are painted in the order in which
 * they are listed, each over those before it; the background is the last label, after them. A
 * fracture lies within a bone and is painted over it: whoever asks for the bone gets both labels,
 * since `within` says that they belong together. Of bones that overlap on the radiograph the later
 * one is seen (on a lateral view the fibula, which leaves a hole in the tibia); that is the price of
 * one label, and the reason to list the fibula, whose zones are measured, after the tibia.
 */
import { emptyMask, type Mask, type MaskPart, rasterizePolygons } from "@malleolus/geometry";
import type { Structure } from "@malleolus/schema";
import { ImagingError } from "./errors.ts";
import type { Target } from "./target.ts";

/** The label of every pixel, row by row: a structure's index, their number for background. */
export interface LabelMap {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * The labels of an image of this size, from the outlines in it. Classes of the target are indices of
 * the structures.
 *
 * @throws ImagingError `input` for a class that is none of them.
 */
export function paintLabels(
  target: Pick<Target, "classes" | "polygons">,
  structures: readonly Structure[],
  { width, height }: { readonly width: number; readonly height: number },
): LabelMap {
  const unknown = target.classes.find((index) => structures[index] === undefined);
  if (unknown !== undefined) {
    throw new ImagingError(
      "input",
      `paintLabels: expected classes below ${structures.length}, got ${unknown}; ` +
        "give the target the classes of the structures",
    );
  }
  const data = new Uint8Array(width * height).fill(structures.length);
  for (const index of structures.keys()) {
    const outlines = target.polygons.filter((_, i) => target.classes[i] === index).flat();
    if (outlines.length === 0) continue;
    const mask = rasterizePolygons(outlines, width, height);
    for (let i = 0; i < data.length; i++) if (mask.data[i] === 1) data[i] = index;
  }
  return { width, height, data };
}

/** A label is one byte. */
const LABELS = 256;

/** A structure with all that lies within it. Empty for a name that is none of the structures'. */
export function structureMask(
  labels: LabelMap,
  structures: readonly Structure[],
  name: string,
): Mask {
  const mask = emptyMask(labels.width, labels.height);
  const isOwn = new Uint8Array(LABELS);
  for (const label of labelsWithin(structures, name)) isOwn[label] = 1;
  for (let i = 0; i < mask.data.length; i++) mask.data[i] = isOwn[labels.data[i]];
  return mask;
}

/**
 * Of each of several structures the part of its mask that is set, with a row and a column of what is not around it
 * where the image has them: what is done with the part has the same outcome as with the whole, and costs as much as
 * the part is large. Null for a structure of which nothing is there.
 */
export function structureParts(
  labels: LabelMap,
  structures: readonly Structure[],
  names: readonly string[],
): (MaskPart | null)[] {
  const bounds = labelBounds(labels);
  return names.map((name) => {
    const isOwn = new Uint8Array(LABELS);
    let [x1, y1, x2, y2] = [labels.width, labels.height, 0, 0];
    for (const label of labelsWithin(structures, name)) {
      isOwn[label] = 1;
      x1 = Math.min(x1, bounds[4 * label]);
      y1 = Math.min(y1, bounds[4 * label + 1]);
      x2 = Math.max(x2, bounds[4 * label + 2]);
      y2 = Math.max(y2, bounds[4 * label + 3]);
    }
    if (x2 === 0) return null;
    const [x, y] = [Math.max(0, x1 - 1), Math.max(0, y1 - 1)];
    const mask = emptyMask(Math.min(labels.width, x2 + 1) - x, Math.min(labels.height, y2 + 1) - y);
    for (let row = 0; row < mask.height; row++) {
      const from = (y + row) * labels.width + x;
      const to = row * mask.width;
      for (let i = 0; i < mask.width; i++) mask.data[to + i] = isOwn[labels.data[from + i]];
    }
    return { mask, x, y };
  });
}

/** Of every label `x1, y1, x2, y2`, as `maskBounds` has them; a label that is nowhere has an `x2` of 0. */
function labelBounds({ width, height, data }: LabelMap): Int32Array {
  const bounds = new Int32Array(4 * LABELS);
  for (let label = 0; label < LABELS; label++) bounds.set([width, height, 0, 0], 4 * label);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    // A row is a few runs: what a run is counts, not its pixels.
    for (let x = 0; x < width; ) {
      const label = data[row + x];
      const at = 4 * label;
      if (x < bounds[at]) bounds[at] = x;
      while (x < width && data[row + x] === label) x++;
      if (x > bounds[at + 2]) bounds[at + 2] = x;
      if (y < bounds[at + 1]) bounds[at + 1] = y;
      bounds[at + 3] = y + 1;
    }
  }
  return bounds;
}

/** The structure's label, and those of all that lies within it. */
export function labelsWithin(structures: readonly Structure[], name: string): number[] {
  const names = new Set([name]);
  // Parts are listed after what they lie in, so that one pass finds parts of parts as well.
  for (const { name: own, within } of structures) {
    if (within !== null && names.has(within)) names.add(own);
  }
  return [...structures.keys()].filter((index) => names.has(structures[index].name));
}
