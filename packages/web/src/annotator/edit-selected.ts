/**
 * What is done to what is selected without a pointer: a point put in, a part or the whole drawn anew, shapes moved,
 * locked, marked. Each is what a gesture does as well, for keys and for the list of shapes.
 */
import { withoutShapes, withShapes } from "./document.ts";
import { commit, type EditorState, say } from "./editor-state.ts";
import type { EditName } from "./history.ts";
import { insertPoint, moveRing, pointAt, pointCount, rounded } from "./ring.ts";
import { idleTool, isToolBusy } from "./tools/table.ts";
import { noSelection } from "./tools/tool.ts";

/** A point in the middle of the edge behind the selected one. */
export function insertBehind(state: EditorState): EditorState {
  const { ids, vertex } = state.selection;
  const shape = state.document.shapes.get(ids[0] ?? "");
  if (shape === undefined || shape.locked || vertex === null || isToolBusy(state.tool))
    return state;
  const count = pointCount(shape.points);
  const isLast = vertex === count - 1;
  if (shape.form === "line" && isLast) return say(state, "said.nothing to choose");
  const [a, b] = [pointAt(shape.points, vertex), pointAt(shape.points, isLast ? 0 : vertex + 1)];
  const [x, y] = rounded([(a.x + b.x) / 2, (a.y + b.y) / 2]);
  const points = insertPoint(shape.points, vertex + 1, { x, y });
  const document = withShapes(state.document, [{ ...shape, points }]);
  const after = commit(state, document, "edit.inserted", shape.image);
  return { ...after, selection: { ...after.selection, vertex: vertex + 1 } };
}

/** The selected shape goes, and its tool is taken up with its structure. */
export function redraw(state: EditorState): EditorState {
  const [id] = state.selection.ids;
  const shape = id === undefined ? undefined : state.document.shapes.get(id);
  if (shape === undefined || shape.locked || isToolBusy(state.tool)) return state;
  const gone = commit(
    state,
    withoutShapes(state.document, [shape.id]),
    "edit.deleted",
    shape.image,
  );
  const tool = shape.form === "line" ? "line" : "polygon";
  return { ...gone, structure: shape.structure, tool: idleTool(tool), selection: noSelection };
}

/** A part of the selected shape is drawn anew, from the selected point on. */
export function beginSection(state: EditorState): EditorState {
  const { ids, vertex } = state.selection;
  const shape = state.document.shapes.get(ids[0] ?? "");
  if (shape === undefined || shape.locked || vertex === null || isToolBusy(state.tool))
    return state;
  const begun = { target: shape.id, from: vertex, path: [], pointer: null };
  return { ...state, tool: { tool: "edit", at: { phase: "section", ...begun } } };
}

/** Whatever is selected and not locked, by pixels of its radiograph; moves that follow one another are one step. */
export function moveSelected(state: EditorState, dx: number, dy: number): EditorState {
  if (isToolBusy(state.tool)) return state;
  const { ids } = state.selection;
  const all = ids.flatMap((id) => state.document.shapes.get(id) ?? []);
  const moved = all
    .filter(({ locked }) => !locked)
    .map((shape) => ({ ...shape, points: rounded(moveRing(shape.points, dx, dy)) }));
  const [first] = moved;
  if (first === undefined) {
    return say(state, all.length > 0 ? "said.locked" : "said.nothing selected");
  }
  const document = withShapes(state.document, moved);
  const gesture = `move ${ids.join(" ")}`;
  return commit(state, document, "edit.moved shape", first.image, gesture);
}

/** A mark on a shape, locked or not. */
export function changeShape(
  state: EditorState,
  id: string,
  what: EditName,
  change: (shape: { readonly locked: boolean; readonly doubtful: boolean }) => {
    readonly locked?: boolean;
    readonly doubtful?: boolean;
  },
): EditorState {
  const shape = state.document.shapes.get(id);
  if (shape === undefined || isToolBusy(state.tool)) return state;
  const changed = { ...shape, ...change(shape) };
  const next = commit(state, withShapes(state.document, [changed]), what, shape.image);
  // A locked shape has no points in hand.
  return changed.locked && next.tool.tool === "edit" ? { ...next, tool: idleTool("select") } : next;
}
