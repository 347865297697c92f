/**
 * Choosing: a click selects what is under it, Shift adds, a click beside everything selects nothing. Bodies
 * are pinned; with Ctrl a selected shape is moved as a whole, and a point of the only selected one is
 * moved by a drag, which goes over to editing.
 */
import { withShapes } from "../document.ts";
import { hitShape, nearestPoint, type Place } from "../place.ts";
import { moveRing, rounded } from "../ring.ts";
import { type Shape, shapesOn } from "../shape.ts";
import { imageView, type Selection, type Step, type Tool, type World } from "./tool.ts";

export type SelectState =
  | { readonly phase: "idle" }
  | {
      readonly phase: "moving";
      readonly target: string;
      readonly image: string;
      readonly from: Place["at"];
      readonly by: Place["at"];
    };

const idle: SelectState = { phase: "idle" };

export const select: Tool<SelectState> = {
  idle,
  next(state, event, world) {
    switch (event.type) {
      case "press":
        return pressed(event.place, world);
      case "drag":
        return { state: moved(state, event.place) };
      case "drop":
        return dropped(moved(state, event.place), world);
      case "click":
        return { state: idle, selection: selected(event.place, world) };
      case "cancel":
      case "park":
        return { state: idle };
      case "escape":
        return state.phase === "moving"
          ? { state: idle }
          : { state: idle, selection: { ids: [], vertex: null, offer: null } };
      case "finish":
        return { state: idle, ...(onlySelected(world) === null ? {} : { take: "edit" as const }) };
      default:
        return { state };
    }
  },
  isBusy: ({ phase }) => phase === "moving",
  view(state, { document }) {
    if (state.phase === "idle") return null;
    const shape = document.shapes.get(state.target);
    if (shape === undefined) return null;
    const instead = new Map([[shape.id, moveRing(shape.points, state.by.x, state.by.y)]]);
    return imageView(state.image, { instead });
  },
  hint: () => "hint.select",
};

/** The only shape that is selected, if it may be changed. */
export function onlySelected({ document, selection }: World): Shape | null {
  const [id] = selection.ids;
  const shape =
    selection.ids.length === 1 && id !== undefined ? document.shapes.get(id) : undefined;
  return shape === undefined || shape.locked ? null : shape;
}

function pressed(place: Place, world: World): Step<SelectState> {
  const shape = onlySelected(world);
  if (shape === null || shape.image !== place.image) return { state: idle };
  if (place.ctrl) {
    const isUnder = hitShape(place, [shape]) !== null;
    if (!isUnder) return { state: idle };
    const { at: from, image } = place;
    return { state: { phase: "moving", target: shape.id, image, from, by: { x: 0, y: 0 } } };
  }
  const isHandle = nearestPoint(place, shape.points) !== null;
  return isHandle ? { state: idle, take: "edit" } : { state: idle };
}

function moved(state: SelectState, { image, at }: Place): SelectState {
  if (state.phase === "idle" || image !== state.image) return state;
  return { ...state, by: { x: at.x - state.from.x, y: at.y - state.from.y } };
}

function dropped(state: SelectState, { document }: World): Step<SelectState> {
  if (state.phase === "idle") return { state: idle };
  const shape = document.shapes.get(state.target);
  if (shape === undefined) return { state: idle };
  const points = rounded(moveRing(shape.points, state.by.x, state.by.y));
  const changed = withShapes(document, [{ ...shape, points }]);
  return { state: idle, made: { document: changed, what: "edit.moved shape", image: state.image } };
}

function selected(place: Place, { document, selection }: World): Selection {
  const hit = hitShape(place, shapesOn(document.shapes.values(), place.image));
  if (hit === null) return { ids: place.shift ? selection.ids : [], vertex: null, offer: null };
  if (!place.shift) return { ids: [hit.id], vertex: null, offer: null };
  const isIn = selection.ids.includes(hit.id);
  const ids = isIn ? selection.ids.filter((id) => id !== hit.id) : [...selection.ids, hit.id];
  return { ids, vertex: null, offer: null };
}
