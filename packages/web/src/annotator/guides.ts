/**
 * Heights over the tibia's end: where the active shape lies on one view, lines across the other views of the
 * same ankle show how high that is. The end is the lowest point of the tibia that is drawn on a view; without
 * a tibia, or without millimetres, a view has no heights.
 */
import type { EditorState } from "./editor-state.ts";
import { pointAt, pointCount, type Ring } from "./ring.ts";

export interface Guide {
  /** Rows of the radiograph. */
  readonly y: number;
  readonly mm: number;
}

const TIBIA = "tibia";

/** The guides of a view: the upper and the lower end of the shape that is selected or drawn elsewhere. */
export function guidesOn(state: EditorState, image: string, active: Ring, on: string): Guide[] {
  if (image === on || active.length === 0) return [];
  const heights = heightsOf(state, on, active);
  const end = endOfTibia(state, image);
  const spacing = state.images.get(image)?.spacing ?? null;
  if (heights === null || end === null || spacing === null) return [];
  return heights.map((mm) => ({ mm, y: end - mm / spacing.rowMm }));
}

/** The points that guides are drawn for: what is in hand, else the selected shape. */
export function activeRing(
  state: EditorState,
): { readonly points: Ring; readonly image: string } | null {
  const { at } = state.tool;
  if (at.phase === "drawing" && "points" in at) return { points: at.points, image: at.image };
  const [id] = state.selection.ids;
  const shape = id === undefined ? undefined : state.document.shapes.get(id);
  return shape === undefined ? null : { points: shape.points, image: shape.image };
}

/** Millimetres over the end, the greatest and the least; above is positive. */
function heightsOf(state: EditorState, image: string, ring: Ring): readonly number[] | null {
  const end = endOfTibia(state, image);
  const spacing = state.images.get(image)?.spacing ?? null;
  if (end === null || spacing === null) return null;
  const rows = Array.from({ length: pointCount(ring) }, (_, i) => pointAt(ring, i).y);
  const [top, bottom] = [Math.min(...rows), Math.max(...rows)];
  const mm = (y: number) => (end - y) * spacing.rowMm;
  return top === bottom ? [mm(top)] : [mm(top), mm(bottom)];
}

function endOfTibia({ document }: EditorState, image: string): number | null {
  const tibiae = [...document.shapes.values()].filter(
    (shape) => shape.image === image && shape.structure === TIBIA,
  );
  const rows = tibiae.flatMap(({ points }) =>
    Array.from({ length: pointCount(points) }, (_, i) => pointAt(points, i).y),
  );
  return rows.length === 0 ? null : Math.max(...rows);
}
