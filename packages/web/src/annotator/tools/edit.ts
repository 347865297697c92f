/**
 * Points of the selected shape: dragged, nudged, put in on an edge, taken out; or a section is drawn anew
 * from one point to another.
 */
import { withShapes } from "../document.ts";
import { nearestEdge, nearestMiddle, nearestPoint, type Place } from "../place.ts";
import {
  insertPoint,
  pointAt,
  pointCount,
  pointsOf,
  type Ring,
  removePoint,
  reversed,
  rounded,
  sectionOf,
  withPoint,
} from "../ring.ts";
import { LEAST_POINTS, type Shape } from "../shape.ts";
import { onlySelected } from "./select.ts";
import { imageView, type Step, type Tool, type ToolEvent, type World } from "./tool.ts";

export type EditState =
  | { readonly phase: "idle" }
  /** A point is held; `inserted` where the drag has made it. */
  | {
      readonly phase: "moving";
      readonly target: string;
      readonly vertex: number;
      readonly points: Ring;
      readonly inserted: boolean;
    }
  /** A new section, from a point on. */
  | {
      readonly phase: "section";
      readonly target: string;
      readonly from: number;
      readonly path: Ring;
      readonly pointer: Place["at"] | null;
    }
  | {
      readonly phase: "preview";
      readonly target: string;
      /** The drawing with the one or the other section replaced; the shorter one first. */
      readonly candidates: readonly [Ring, Ring];
      readonly chosen: 0 | 1;
    };

const idle: EditState = { phase: "idle" };

export const edit: Tool<EditState> = {
  idle,
  next(state, event, world) {
    const shape = onlySelected(world);
    // Without a shape there is nothing to edit: whoever clicks chooses one.
    if (shape === null) return { state: idle, take: "select" };
    switch (event.type) {
      case "hover":
        return { state: pointed(state, event.place) };
      case "press":
        return pressed(state, shape, event.place, world);
      case "drag":
        return { state: dragged(state, event.place) };
      case "drop":
        return dropped(dragged(state, event.place), shape, world);
      case "click":
        return clicked(state, shape, event.place, world);
      case "nudge":
        return nudged(state, shape, event, world);
      case "candidate":
        return state.phase === "preview"
          ? { state: { ...state, chosen: state.chosen === 0 ? 1 : 0 } }
          : { state };
      case "back":
        return back(state, shape, world);
      case "finish":
        return state.phase === "preview"
          ? commit(shape, state.candidates[state.chosen], world, "edit.redrew")
          : { state: idle, take: "select" };
      case "cancel":
        return { state: state.phase === "moving" ? idle : state };
      case "escape":
        return state.phase === "idle" ? { state: idle, take: "select" } : { state: idle };
      case "park":
        return { state: idle };
      default:
        return { state };
    }
  },
  isBusy: ({ phase }) => phase !== "idle",
  view: viewOf,
  hint(state) {
    if (state.phase === "section") return "hint.section";
    return state.phase === "preview" ? "hint.candidate" : "hint.edit";
  },
};

function pointed(state: EditState, { at }: Place): EditState {
  return state.phase === "section" ? { ...state, pointer: at } : state;
}

function pressed(state: EditState, shape: Shape, place: Place, world: World): Step<EditState> {
  if (state.phase !== "idle" || place.image !== shape.image || place.shift || place.alt) {
    return { state };
  }
  const { points, id } = shape;
  const near = nearestPoint(place, points);
  if (near !== null) {
    const { index: vertex } = near;
    return {
      state: { phase: "moving", target: id, vertex, points, inserted: false },
      selection: { ...world.selection, vertex },
    };
  }
  const middle = nearestMiddle(place, shape);
  if (middle === null) return { state };
  const vertex = middle.index + 1;
  const wider = insertPoint(points, vertex, middle.at);
  return { state: { phase: "moving", target: id, vertex, points: wider, inserted: true } };
}

function dragged(state: EditState, { at }: Place): EditState {
  if (state.phase !== "moving") return state;
  return { ...state, points: withPoint(state.points, state.vertex, at) };
}

function dropped(state: EditState, shape: Shape, world: World): Step<EditState> {
  if (state.phase !== "moving") return { state };
  const what = state.inserted ? "edit.inserted" : "edit.moved vertex";
  const step = commit(shape, withRoundedPoint(state.points, state.vertex), world, what);
  return { ...step, selection: { ...world.selection, vertex: state.vertex } };
}

function clicked(state: EditState, shape: Shape, place: Place, world: World): Step<EditState> {
  if (place.image !== shape.image) return { state };
  if (state.phase === "section") return sectionClick(state, shape, place);
  if (state.phase === "preview") return { state };
  const near = nearestPoint(place, shape.points);
  if (near !== null) {
    const { index: vertex } = near;
    if (place.alt) return takenOut(shape, vertex, world);
    const selection = { ...world.selection, vertex };
    if (!place.shift) return { state: idle, selection };
    const begun = { target: shape.id, from: vertex, path: [], pointer: null };
    return { state: { phase: "section", ...begun }, selection };
  }
  // A press on an edge's middle has made a point there already.
  if (state.phase === "moving") return dropped(state, shape, world);
  const edge = nearestEdge(place, shape);
  if (edge === null) return { state: idle, selection: { ...world.selection, vertex: null } };
  const vertex = edge.index + 1;
  const points = withRoundedPoint(insertPoint(shape.points, vertex, edge.at), vertex);
  const step = commit(shape, points, world, "edit.inserted");
  return { ...step, selection: { ...world.selection, vertex } };
}

function nudged(
  state: EditState,
  shape: Shape,
  { dx, dy }: Extract<ToolEvent, { type: "nudge" }>,
  world: World,
): Step<EditState> {
  const { vertex } = world.selection;
  if (state.phase !== "idle" || vertex === null || vertex >= pointCount(shape.points)) {
    return { state };
  }
  const { x, y } = pointAt(shape.points, vertex);
  const points = withRoundedPoint(
    withPoint(shape.points, vertex, { x: x + dx, y: y + dy }),
    vertex,
  );
  const step = commit(shape, points, world, "edit.moved vertex");
  const { made } = step;
  return made === undefined
    ? step
    : { ...step, made: { ...made, gesture: `nudge ${shape.id} ${vertex}` } };
}

function takenOut(shape: Shape, vertex: number, world: World): Step<EditState> {
  if (pointCount(shape.points) <= LEAST_POINTS[shape.form]) {
    return { state: idle, said: `said.least ${shape.form}` };
  }
  const step = commit(shape, removePoint(shape.points, vertex), world, "edit.removed vertex");
  return { ...step, selection: { ...world.selection, vertex: null } };
}

/** Backspace and Delete: the path's last point, else the selected point. */
function back(state: EditState, shape: Shape, world: World): Step<EditState> {
  if (state.phase === "section") {
    return { state: state.path.length === 0 ? idle : { ...state, path: state.path.slice(0, -2) } };
  }
  if (state.phase !== "idle") return { state: idle };
  const { vertex } = world.selection;
  return vertex === null ? { state } : takenOut(shape, vertex, world);
}

function sectionClick(
  state: Extract<EditState, { phase: "section" }>,
  shape: Shape,
  place: Place,
): Step<EditState> {
  const near = nearestPoint(place, shape.points);
  if (near === null || near.index === state.from) {
    return { state: { ...state, path: [...state.path, ...rounded([place.at.x, place.at.y])] } };
  }
  const candidates = replaced(shape, state.from, near.index, state.path);
  return { state: { phase: "preview", target: shape.id, candidates, chosen: 0 } };
}

/** Either way round of an outline, the shorter section replaced first; of a line the part between. */
function replaced(
  { form, points }: Shape,
  from: number,
  to: number,
  path: Ring,
): readonly [Ring, Ring] {
  if (form === "line") {
    const [low, high] = [Math.min(from, to), Math.max(from, to)];
    const between = from < to ? path : reversed(path);
    const last = pointCount(points) - 1;
    const whole = [...sectionOf(points, 0, low), ...between, ...sectionOf(points, high, last)];
    return [whole, whole];
  }
  const keepsRest = [...sectionOf(points, to, from), ...path];
  const keepsOther = [...sectionOf(points, from, to), ...reversed(path)];
  const isShorter = lengthOf(sectionOf(points, from, to)) <= lengthOf(sectionOf(points, to, from));
  return isShorter ? [keepsRest, keepsOther] : [keepsOther, keepsRest];
}

function lengthOf(path: Ring): number {
  const points = pointsOf(path);
  return points
    .slice(1)
    .reduce((sum, { x, y }, i) => sum + Math.hypot(x - points[i].x, y - points[i].y), 0);
}

function commit(
  shape: Shape,
  points: Ring,
  { document }: World,
  what: "edit.moved vertex" | "edit.inserted" | "edit.removed vertex" | "edit.redrew",
): Step<EditState> {
  if (pointCount(points) < LEAST_POINTS[shape.form]) {
    return { state: idle, said: `said.least ${shape.form}` };
  }
  const changed = withShapes(document, [{ ...shape, points }]);
  return { state: idle, made: { document: changed, what, image: shape.image } };
}

/** What a hand has set is rounded; what a model has proposed stays as it is. */
function withRoundedPoint(points: Ring, index: number): Ring {
  const { x, y } = pointAt(points, index);
  const [roundX, roundY] = rounded([x, y]);
  return withPoint(points, index, { x: roundX, y: roundY });
}

function viewOf(state: EditState, world: World) {
  const shape = onlySelected(world);
  if (shape === null) return null;
  switch (state.phase) {
    case "idle":
      return imageView(shape.image, { handles: middlesOf(shape) });
    case "moving":
      return imageView(shape.image, { instead: new Map([[shape.id, state.points]]) });
    case "section": {
      const { x, y } = pointAt(shape.points, state.from);
      const { pointer } = state;
      const points = [x, y, ...state.path, ...(pointer === null ? [] : [pointer.x, pointer.y])];
      return imageView(shape.image, {
        structure: shape.structure,
        paths: [{ points, isClosed: false, look: "drawn" }],
      });
    }
    case "preview":
      return imageView(shape.image, {
        instead: new Map([[shape.id, state.candidates[state.chosen]]]),
      });
  }
}

function middlesOf({ points, form }: Shape) {
  const count = pointCount(points);
  return Array.from({ length: form === "polygon" ? count : count - 1 }, (_, i) => {
    const [a, b] = [pointAt(points, i), pointAt(points, (i + 1) % count)];
    const span = { x: b.x - a.x, y: b.y - a.y };
    return { at: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, look: "middle" as const, span };
  });
}
