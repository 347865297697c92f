/**
 * What a segmentation tells apart, and how several of them at one pixel become one label.
 *
 * A pixel has one label, as softmax and its cross-entropy want it. Structures are painted in the order
 * in which they are listed, each over those before it; the background is the last label, after them. A
 * fracture lies within a bone and is painted over it: whoever asks for the bone gets both labels, since
 * `within` says that they belong together. Of bones that overlap on the radiograph the later one is
 * seen (on a lateral view the fibula, which leaves a hole in the tibia); that is the price of one
 * label, and the reason to list the fibula, whose zones are measured, after the tibia.
 */
import { emptyMask, type Mask, rasterizePolygons } from "@malleolus/geometry";
import type { Target } from "@malleolus/imaging";
import { ModelError } from "../errors.ts";

export interface Structure {
  readonly name: string;
  /** The structure, painted before, of which it is a part. */
  readonly within: string | null;
}

/** The label of every pixel, row by row: a structure's index, their number for background. */
export interface LabelMap {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** The label of pixels that are not to be learned from. */
export const IGNORED = 255;

/** @throws ModelError `config` for none or too many, and for a part of what is not painted before. */
export function checkStructures(structures: readonly Structure[]): void {
  const names = structures.map(({ name }) => name);
  const isWrong = (why: string): never => {
    throw new ModelError("config", `structures: ${why}`);
  };
  if (names.length === 0 || names.length >= IGNORED) {
    isWrong(`expected 1 to ${IGNORED - 1}, got ${names.length}; a label is one byte`);
  }
  for (const [i, { name, within }] of structures.entries()) {
    if (names.indexOf(name) !== i) isWrong(`expected each once, got "${name}" twice; rename one`);
    if (within !== null && !names.slice(0, i).includes(within)) {
      isWrong(
        `expected "${name}" after "${within}", within which it lies, got ${names.join(", ")}; ` +
          "list what is painted over after what it is painted on",
      );
    }
  }
}

/**
 * The labels of an image of this size, from the outlines in it. Classes of the target are indices of
 * the structures.
 *
 * @throws ModelError `input` for a class that is none of them.
 */
export function paintLabels(
  target: Pick<Target, "classes" | "polygons">,
  structures: readonly Structure[],
  { width, height }: { readonly width: number; readonly height: number },
): LabelMap {
  const unknown = target.classes.find((index) => structures[index] === undefined);
  if (unknown !== undefined) {
    throw new ModelError(
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

/** A structure with all that lies within it. Empty for a name that is none of the structures'. */
export function structureMask(
  labels: LabelMap,
  structures: readonly Structure[],
  name: string,
): Mask {
  const mask = emptyMask(labels.width, labels.height);
  const names = new Set([name]);
  // Parts are listed after what they lie in, so that one pass finds parts of parts as well.
  for (const { name: own, within } of structures) {
    if (within !== null && names.has(within)) names.add(own);
  }
  const belongs = structures.map(({ name: own }) => names.has(own));
  for (let i = 0; i < mask.data.length; i++) if (belongs[labels.data[i]]) mask.data[i] = 1;
  return mask;
}
