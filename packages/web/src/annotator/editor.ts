/**
 * The annotator's editor as a value: a function from state and event to state. Tools make gestures into
 * changes; here is what every tool shares: history, selection, what is shown.
 */
import {
  type AnnotationContent,
  type Offer,
  parkedDrawingSchema,
  type Rejection,
  type Visibility,
} from "@malleolus/schema";
import { accept, callOffMending, mend, reject } from "./decide-offers.ts";
import { type AnnotationDocument, documentOf, withoutParked, withoutShapes } from "./document.ts";
import { beginSection, changeShape, insertBehind, moveSelected, redraw } from "./edit-selected.ts";
import {
  commit,
  type EditorState,
  finishMending,
  openOffers,
  putDown,
  say,
  stillThere,
  take,
  went,
  worldOf,
} from "./editor-state.ts";
import { emptyHistory, type History, stepBack, stepForward } from "./history.ts";
import { type Place, snapped } from "./place.ts";
import { type EditorImage, inOrder, shapesOn } from "./shape.ts";
import { resumed } from "./tools/point-by-point.ts";
import { idleTool, isToolBusy, nextTool, type ToolState } from "./tools/table.ts";
import { noSelection, type Selection, type ToolEvent, type ToolName } from "./tools/tool.ts";

export type EditorEvent =
  | ToolEvent
  | { readonly type: "take tool"; readonly tool: ToolName }
  | { readonly type: "structure"; readonly id: string }
  | { readonly type: "width"; readonly mm: number }
  | { readonly type: "snapping" }
  | { readonly type: "undo" }
  | { readonly type: "redo" }
  | { readonly type: "select"; readonly selection: Selection }
  /** The next or the previous shape or open proposal; `adds` takes a shape more. */
  | { readonly type: "step"; readonly by: -1 | 1; readonly adds?: boolean }
  /** One shape more, or one less: those to join. */
  | { readonly type: "toggle"; readonly id: string }
  | { readonly type: "delete" }
  /** In the middle of the edge behind the selected point. */
  | { readonly type: "insert point" }
  /** From the selected point on, a part is drawn anew. */
  | { readonly type: "begin section" }
  /** The selected shapes as a whole, by pixels of their radiograph. */
  | { readonly type: "move"; readonly dx: number; readonly dy: number }
  /** The selected shape again, from the beginning. */
  | { readonly type: "redraw" }
  | { readonly type: "resume"; readonly id: string }
  | { readonly type: "drop parked"; readonly id: string }
  | { readonly type: "accept"; readonly offer: string }
  | { readonly type: "mend"; readonly offer: string }
  | { readonly type: "reject"; readonly offer: string; readonly why?: Rejection }
  | { readonly type: "lock"; readonly id: string }
  | { readonly type: "doubt"; readonly id: string }
  | { readonly type: "hide"; readonly structure: string }
  | { readonly type: "visibility"; readonly image: string; readonly to: Visibility }
  | { readonly type: "offers"; readonly offers: readonly Offer[] }
  /** What came from elsewhere, merged with what is here; it cannot be undone. */
  | { readonly type: "replace"; readonly content: AnnotationContent };

export interface EditorStart {
  readonly images: readonly EditorImage[];
  readonly offers: readonly Offer[];
  readonly content: AnnotationContent;
  readonly history?: History;
  readonly structure: string;
  readonly widthMm: number;
  readonly prefix: string;
}

export function beginEditor(start: EditorStart): EditorState {
  return {
    images: new Map(start.images.map((image) => [image.id, image])),
    offers: start.offers,
    document: documentOf(start.content),
    history: start.history ?? emptyHistory,
    tool: idleTool("select"),
    lastTool: "polygon",
    selection: noSelection,
    structure: start.structure,
    hidden: new Set(),
    snapping: true,
    widthMm: start.widthMm,
    justParked: null,
    mending: null,
    said: null,
    prefix: start.prefix,
    count: 0,
  };
}

export function nextEditor(state: EditorState, event: EditorEvent): EditorState {
  switch (event.type) {
    case "take tool":
      return takeTool(state, event.tool);
    case "structure":
      return withStructure(state, event.id);
    case "width":
      return { ...state, widthMm: event.mm };
    case "snapping":
      return say(
        { ...state, snapping: !state.snapping },
        state.snapping ? "said.free" : "said.snap",
      );
    case "undo":
      return undo(state);
    case "redo":
      return redo(state);
    case "select":
      return selectAt(state, event.selection);
    case "step":
      return event.adds === true ? addNext(state, event.by) : stepTo(state, event.by);
    case "toggle":
      return toggle(state, event.id);
    case "delete":
      return remove(state);
    case "insert point":
      return insertBehind(state);
    case "begin section":
      return beginSection(state);
    case "move":
      return moveSelected(state, event.dx, event.dy);
    case "redraw":
      return redraw(state);
    case "resume":
      return resume(state, event.id);
    case "drop parked":
      return commit(state, withoutParked(state.document, event.id), "edit.dropped", null);
    case "accept":
      return accept(state, event.offer);
    case "mend":
      return mend(state, event.offer);
    case "reject":
      return reject(state, event);
    case "lock":
      return changeShape(state, event.id, "edit.locked", ({ locked }) => ({ locked: !locked }));
    case "doubt":
      return changeShape(state, event.id, "edit.doubted", ({ doubtful }) => ({
        doubtful: !doubtful,
      }));
    case "hide":
      return hide(state, event.structure);
    case "visibility":
      return grade(state, event.image, event.to);
    case "offers":
      return { ...state, offers: event.offers };
    case "replace":
      return replace(state, event.content);
    default:
      return intoTool(state, event);
  }
}

/** The tool's drawing that would be put aside if the page went away now; null where there is none. */
export function unfinished(state: EditorState): AnnotationDocument["parked"] {
  const after = nextEditor(state, { type: "park" });
  const begun = [...after.document.parked].filter(
    ([id, one]) => state.document.parked.get(id) !== one,
  );
  return new Map(begun.filter(([, one]) => parkedDrawingSchema.safeParse(one).success));
}

function intoTool(state: EditorState, event: ToolEvent): EditorState {
  const { justParked } = state;
  if (justParked !== null && !isToolBusy(state.tool)) {
    if (event.type === "finish") return resume(state, justParked);
    if (event.type === "escape") {
      const dropped = withoutParked(state.document, justParked);
      return { ...commit(state, dropped, "edit.dropped", null), justParked: null };
    }
  }
  if (event.type === "escape" && !isToolBusy(state.tool) && state.mending !== null) {
    return callOffMending(state);
  }
  if (event.type === "finish" && !isToolBusy(state.tool) && state.mending !== null) {
    return finishMending(state);
  }
  if (event.type === "finish" && !isToolBusy(state.tool) && isNothingSelected(state)) {
    // Whoever comes back to a drawing goes on with it: the last one that was put aside.
    const last = [...state.document.parked.keys()].at(-1);
    if (last !== undefined) return resume(state, last);
  }
  const step = nextTool(state.tool, snappedEvent(state, event), worldOf(state));
  const stays = event.type === "hover" || event.type === "path";
  const parked = event.type === "escape" ? (step.parked ?? null) : null;
  const after = take(state, step, stays ? state.justParked : parked);
  if (step.mends !== undefined) return mendFrom(after, step.mends, event);
  // A second level out: from a tool that has nothing in hand to choosing.
  const isIdle = event.type === "escape" && !isToolBusy(state.tool) && state.tool.tool !== "select";
  if (isIdle && after.tool.tool === state.tool.tool) return { ...after, tool: idleTool("select") };
  // What an edit finds under the press it was taken for.
  return step.take === "edit" && event.type === "press" ? intoTool(after, event) : after;
}

/** The proposal is taken, and the drag that grasped a point of it goes on. */
function mendFrom(
  state: EditorState,
  { offer, from }: { readonly offer: string; readonly from: Place },
  event: ToolEvent,
): EditorState {
  const mending = mend(state, offer);
  return intoTool(intoTool(mending, { type: "press", place: from }), event);
}

function isNothingSelected({ selection }: EditorState): boolean {
  return selection.ids.length === 0 && selection.offer === null;
}

/** Snapping is the editor's, so that no tool needs to know of it. */
function snappedEvent(state: EditorState, event: ToolEvent): ToolEvent {
  if (!("place" in event) || !state.snapping || event.place.ctrl) return event;
  if (!["polygon", "line", "edit", "box"].includes(state.tool.tool)) return event;
  // A press chooses what is under it; where something is put down, it snaps.
  if (event.type === "press" || (state.tool.tool === "edit" && event.type === "click"))
    return event;
  const { image } = event.place;
  const others = shapesOn(state.document.shapes.values(), image).filter(
    ({ id, structure }) => !state.selection.ids.includes(id) && !state.hidden.has(structure),
  );
  return { ...event, place: snapped(event.place, others) };
}

function takeTool(state: EditorState, tool: ToolName): EditorState {
  const parked = putDown(state);
  const isDrawing = !["select", "edit", "split", "join", "erase"].includes(tool);
  return {
    ...parked,
    tool: idleTool(tool),
    lastTool: isDrawing ? tool : state.lastTool,
    selection: isDrawing ? noSelection : parked.selection,
    said: parked.said === state.said ? null : parked.said,
  };
}

function withStructure(state: EditorState, structure: string): EditorState {
  const hidden = new Set(state.hidden);
  hidden.delete(structure);
  const { at } = state.tool;
  // What is being drawn becomes what was meant.
  const tool =
    at.phase === "drawing" && "structure" in at ? nameDrawing(state.tool, structure) : state.tool;
  return { ...state, structure, hidden, tool };
}

function nameDrawing(tool: ToolState, structure: string): ToolState {
  switch (tool.tool) {
    case "polygon":
      return tool.at.phase === "drawing"
        ? { tool: "polygon", at: { ...tool.at, structure } }
        : tool;
    case "line":
      return tool.at.phase === "drawing" ? { tool: "line", at: { ...tool.at, structure } } : tool;
    case "wire":
      return tool.at.phase === "drawing" ? { tool: "wire", at: { ...tool.at, structure } } : tool;
    default:
      return tool;
  }
}

/** While something is drawn its last point goes; else the last step. */
function undo(state: EditorState): EditorState {
  if (isToolBusy(state.tool)) return intoTool(state, { type: "back" });
  const stepped = stepBack(state.document, state.history);
  if (stepped === null) return say(state, "said.beginning");
  return went(state, stepped, "said.undid");
}

function redo(state: EditorState): EditorState {
  if (isToolBusy(state.tool)) return state;
  const stepped = stepForward(state.document, state.history);
  if (stepped === null) return say(state, "said.end");
  return went(state, stepped, "said.redid");
}

function selectAt(state: EditorState, selection: Selection): EditorState {
  if (isToolBusy(state.tool) && state.tool.tool !== "join") return state;
  const [id] = selection.ids;
  const shape = id === undefined ? undefined : state.document.shapes.get(id);
  const edits = shape !== undefined && selection.vertex !== null && !shape.locked;
  return { ...state, selection, tool: edits ? idleTool("edit") : state.tool, justParked: null };
}

/** Open proposals first: they wait for a decision. */
function stepTo(state: EditorState, by: -1 | 1): EditorState {
  if (isToolBusy(state.tool)) return state;
  const places: readonly Selection[] = [
    ...openOffers(state).map(({ key }) => ({ ids: [], vertex: null, offer: key })),
    ...inOrder(state.document.shapes.values()).map(({ id }) => ({
      ids: [id],
      vertex: null,
      offer: null,
    })),
  ];
  if (places.length === 0) return say(state, "said.nothing to choose");
  const { ids, offer } = state.selection;
  const at = places.findIndex((one) =>
    offer === null ? one.offer === null && one.ids[0] === ids[0] : one.offer === offer,
  );
  const next =
    at < 0 ? (by > 0 ? 0 : places.length - 1) : (at + by + places.length) % places.length;
  return { ...state, selection: places[next], tool: idleTool("select"), justParked: null };
}

/** The shape after the last one that is selected, on its view: what is joined lies on one. */
function addNext(state: EditorState, by: -1 | 1): EditorState {
  if (isToolBusy(state.tool)) return state;
  const { ids } = state.selection;
  const last = state.document.shapes.get(ids.at(-1) ?? "");
  if (last === undefined) return stepTo(state, by);
  const there = shapesOn(state.document.shapes.values(), last.image);
  const at = there.findIndex(({ id }) => id === last.id);
  const others = [...there.slice(at + 1), ...there.slice(0, at)].filter(
    ({ id }) => !ids.includes(id),
  );
  const next = by > 0 ? others.at(0) : others.at(-1);
  return next === undefined ? say(state, "said.nothing to choose") : toggle(state, next.id);
}

function toggle(state: EditorState, id: string): EditorState {
  if (isToolBusy(state.tool) || !state.document.shapes.has(id)) return state;
  const { ids } = state.selection;
  const next = ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id];
  const tool = state.tool.tool === "join" ? state.tool : idleTool("select");
  return { ...state, tool, selection: { ids: next, vertex: null, offer: null }, justParked: null };
}

/** A point while points are edited; else the selected shapes, or the selected proposal. */
function remove(state: EditorState): EditorState {
  const { selection, document } = state;
  if (isToolBusy(state.tool)) return intoTool(state, { type: "back" });
  if (selection.offer !== null) return reject(state, { offer: selection.offer });
  if (state.tool.tool === "edit" && selection.vertex !== null) {
    return intoTool(state, { type: "back" });
  }
  const open = selection.ids.filter((id) => document.shapes.get(id)?.locked === false);
  const [first] = open;
  if (first === undefined) {
    return say(state, selection.ids.length > 0 ? "said.locked" : "said.nothing selected");
  }
  const image = document.shapes.get(first)?.image ?? null;
  const left = { ...state, selection: noSelection, tool: idleTool("select") };
  return commit(left, withoutShapes(document, open), "edit.deleted", image);
}

function resume(state: EditorState, id: string): EditorState {
  const down = putDown(state);
  const parked = down.document.parked.get(id);
  if (parked === undefined) return down;
  const at = resumed(worldOf(down), id);
  const tool: ToolState = parked.tool === "line" ? { tool: "line", at } : { tool: "polygon", at };
  const { structure } = parked;
  return { ...down, tool, structure, selection: noSelection, justParked: null, said: null };
}

/** What is not seen is not in hand either. */
function hide(state: EditorState, structure: string): EditorState {
  const hidden = toggled(state.hidden, structure);
  const isHidden = (id: string) => hidden.has(state.document.shapes.get(id)?.structure ?? "");
  if (isToolBusy(state.tool) || !state.selection.ids.some(isHidden)) return { ...state, hidden };
  const ids = state.selection.ids.filter((id) => !isHidden(id));
  const tool = state.tool.tool === "edit" ? idleTool("select") : state.tool;
  return { ...state, hidden, tool, selection: { ids, vertex: null, offer: null } };
}

function grade(state: EditorState, image: string, to: Visibility): EditorState {
  if (state.document.visibility.get(image) === to) return state;
  const visibility = new Map(state.document.visibility).set(image, to);
  return commit(state, { ...state.document, visibility }, "edit.graded", image);
}

/** History before it would undo what came from elsewhere: it begins anew. */
function replace(state: EditorState, content: AnnotationContent): EditorState {
  const document = documentOf(content);
  const selection = stillThere(state.selection, document);
  const isGone = state.selection.ids.some((id) => !document.shapes.has(id));
  return {
    ...state,
    document,
    history: emptyHistory,
    selection,
    tool: isGone ? idleTool("select") : state.tool,
    mending: null,
    justParked: null,
  };
}

function toggled(set: ReadonlySet<string>, one: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(one)) next.add(one);
  return next;
}
