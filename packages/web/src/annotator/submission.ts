/** Whether a case can be submitted, or the first reason why not, in words. */
import { FRACTURE } from "@malleolus/schema";
import type { StringKey } from "../strings/english.ts";
import { type EditorState, openOffers } from "./editor-state.ts";
import { knownFaultsOf, type ShapeFault } from "./shape-faults.ts";

export interface BlockedBy {
  readonly key: Extract<StringKey, `blocked.${string}`>;
  readonly count: number;
  /** The radiograph that it is about; null for the case. */
  readonly image: string | null;
}

export function blockedBy(state: EditorState, hasFracture: boolean): BlockedBy | null {
  const { document, images } = state;
  const faults = allFaults(state).length;
  if (faults > 0) return { key: "blocked.faults", count: faults, image: null };
  const open = openOffers(state);
  if (open.length > 0) return { key: "blocked.open", count: open.length, image: open[0].image };
  const { size } = document.parked;
  if (size > 0) return { key: "blocked.parked", count: size, image: null };
  if (!hasFracture) return null;
  for (const image of images.keys()) {
    const grade = document.visibility.get(image);
    const isDrawn = [...document.shapes.values()].some(
      (shape) => shape.image === image && shape.structure === FRACTURE,
    );
    const about = { count: 1, image };
    if (grade === undefined) return { key: "blocked.visibility", ...about };
    if (grade === "impossible" && isDrawn) return { key: "blocked.impossible", ...about };
    if (grade !== "impossible" && !isDrawn) return { key: "blocked.fracture", ...about };
  }
  return null;
}

/** Of every shape of the case. */
export function allFaults({ document, images }: EditorState): readonly ShapeFault[] {
  return [...document.shapes.values()].flatMap((shape) => {
    const image = images.get(shape.image);
    return image === undefined ? [] : knownFaultsOf(shape, image);
  });
}

/** Structures that nothing is drawn of, radiograph by radiograph: a remark, no hindrance. */
export function notDrawn(
  { document, images }: EditorState,
  structures: readonly string[],
): readonly { readonly image: string; readonly structure: string }[] {
  const shapes = [...document.shapes.values()];
  return [...images.keys()].flatMap((image) =>
    structures
      .filter((structure) => structure !== FRACTURE)
      .filter(
        (structure) =>
          !shapes.some((shape) => shape.image === image && shape.structure === structure),
      )
      .map((structure) => ({ image, structure })),
  );
}
