/** Shapes as the editor knows them, and what a hand can draw them on. */
import type { DrawnShape, Offer } from "@malleolus/schema";
import { FRACTURE } from "@malleolus/schema";
import type { Spacing } from "../shapes/measurement.ts";
import { type Ring, rounded } from "./ring.ts";

export type Shape = DrawnShape;

export interface EditorImage {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  /** Null where the file says nothing: lines with a width in millimetres cannot be drawn then. */
  readonly spacing: Spacing | null;
}

/** Fewest points that a form has. */
export const LEAST_POINTS: Readonly<Record<Shape["form"], number>> = { polygon: 3, line: 2 };

export function newShape(
  given: Pick<Shape, "id" | "image" | "structure" | "order"> & {
    readonly points: Ring;
    /** Of a line; left out for a polygon. */
    readonly widthMm?: number;
  },
): Shape {
  const { widthMm = null, points, ...rest } = given;
  return {
    ...rest,
    form: widthMm === null ? "polygon" : "line",
    points: rounded(points),
    widthMm,
    locked: false,
    doubtful: false,
    parents: [],
    offer: null,
  };
}

/** Those of a radiograph, from below. */
export function shapesOn(shapes: Iterable<Shape>, image: string): Shape[] {
  return inOrder(shapes).filter((shape) => shape.image === image);
}

export function inOrder(shapes: Iterable<Shape>): Shape[] {
  return [...shapes].toSorted((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
}

/** What a proposal becomes when it is taken: its line where it is thin and lengths are known. */
export function shapesOfOffer(
  offer: Offer,
  { spacing }: Pick<EditorImage, "spacing">,
  made: { readonly id: string; readonly order: number },
): Shape[] {
  const { image, structure, polygons, line, key } = offer;
  const base = { image, structure, locked: false, doubtful: false, parents: [], offer: key };
  if (structure === FRACTURE && line !== null && spacing !== null) {
    return [{ ...base, ...made, form: "line", points: [...line.points], widthMm: line.widthMm }];
  }
  return polygons.map((points, part) => ({
    ...base,
    id: part === 0 ? made.id : `${made.id}-${part}`,
    order: made.order + part / 1000,
    form: "polygon",
    points: [...points],
    widthMm: null,
  }));
}
