/**
 * Freehand: an outline along the pointer's way. Let go near where it began it closes; elsewhere a dashed
 * bridge waits for Enter, or for the next stroke.
 */
import { simplifyPolygon } from "@malleolus/geometry";
import type { Point } from "../../view/camera.ts";
import { nextOrder, withShapes } from "../document.ts";
import { type Place, screenDistance } from "../place.ts";
import { lastPoint, pointAt, pointCount, type Ring, rounded } from "../ring.ts";
import { newShape } from "../shape.ts";
import { faultsOf } from "../shape-faults.ts";
import { CLOSES_WITHIN } from "./point-by-point.ts";
import { imageView, type Step, type Tool, type World } from "./tool.ts";

export type FreehandState =
  | { readonly phase: "idle" }
  | { readonly phase: "pending"; readonly image: string; readonly from: Point }
  | {
      readonly phase: "tracing" | "gap";
      readonly image: string;
      readonly points: Ring;
      /** How many points there were before each stroke. */
      readonly strokes: readonly number[];
      /** CSS pixels for a column, when it was drawn: what is simplified cannot be seen. */
      readonly scale: Point;
      readonly refused: boolean;
    };
type Traced = Extract<FreehandState, { phase: "tracing" | "gap" }>;

const idle: FreehandState = { phase: "idle" };
/** CSS pixels. */
const EVERY = 1;
const TOLERANCE = 0.75;

export const freehand: Tool<FreehandState> = {
  idle,
  next(state, event, world) {
    switch (event.type) {
      case "press":
        return { state: pressed(state, event.place) };
      case "drag":
        return { state: traced(state, event.place) };
      case "drop":
        return dropped(traced(state, event.place), event.place, world);
      case "click":
        return { state: state.phase === "pending" ? idle : gapOf(state) };
      case "finish":
        return state.phase === "gap" ? close(state, world) : { state };
      case "back":
        return { state: withoutStroke(state) };
      case "cancel":
        return { state: gapOf(state) };
      case "escape":
      case "park":
        return park(state, world);
      default:
        return { state };
    }
  },
  isBusy: ({ phase }) => phase === "tracing" || phase === "gap",
  view(state) {
    if (state.phase === "idle" || state.phase === "pending") return null;
    const { image, points, phase } = state;
    const [first, last] = [pointAt(points, 0), lastPoint(points) ?? pointAt(points, 0)];
    const bridge = { points: [last.x, last.y, first.x, first.y], isClosed: false };
    return imageView(image, {
      paths: [
        { points, isClosed: false, look: state.refused ? "fault" : "drawn" },
        ...(phase === "gap" ? [{ ...bridge, look: "bridge" as const }] : []),
      ],
      handles: [{ at: first, look: "first" }],
    });
  },
  hint: ({ phase }) => (phase === "gap" ? "hint.gap" : "hint.freehand"),
};

function pressed(state: FreehandState, { image, at }: Place): FreehandState {
  if (state.phase === "gap" && state.image === image) return state;
  return isDrawn(state) ? state : { phase: "pending", image, from: at };
}

function traced(state: FreehandState, place: Place): FreehandState {
  const { image, at, scale } = place;
  if (state.phase === "idle" || state.image !== image) return state;
  if (state.phase === "pending") {
    const points = rounded([state.from.x, state.from.y, at.x, at.y]);
    return { phase: "tracing", image, points, strokes: [0], scale, refused: false };
  }
  const strokes =
    state.phase === "gap" ? [...state.strokes, pointCount(state.points)] : state.strokes;
  const last = lastPoint(state.points);
  const isFar = last === null || screenDistance(place, last, at) >= EVERY;
  const points = isFar ? [...state.points, ...rounded([at.x, at.y])] : state.points;
  return { ...state, phase: "tracing", points, strokes, scale, refused: false };
}

function dropped(state: FreehandState, place: Place, world: World): Step<FreehandState> {
  if (!isDrawn(state)) return { state: idle };
  const isBack = screenDistance(place, pointAt(state.points, 0), place.at) <= CLOSES_WITHIN;
  return isBack && place.image === state.image ? close(state, world) : { state: gapOf(state) };
}

function close(state: Traced, world: World): Step<FreehandState> {
  const { image, scale } = state;
  const on = world.images.get(image);
  const points = simplifyPolygon(state.points, TOLERANCE / scale.x);
  if (on === undefined || pointCount(points) < 3) {
    return { state: gapOf(state), said: "said.too few polygon" };
  }
  const faults = faultsOf({ form: "polygon", points }, on);
  if (faults.some(({ kind }) => kind === "crossing")) {
    return { state: { ...state, phase: "gap", refused: true }, said: "said.crossing" };
  }
  if (faults.some(({ kind }) => kind === "no area")) {
    return { state: gapOf(state), said: "said.nothing enclosed" };
  }
  const { id, structure, document } = world;
  const shape = newShape({ id, image, structure, points, order: nextOrder(document) });
  return {
    state: idle,
    made: { document: withShapes(document, [shape]), what: "edit.drew", image },
    selection: { ids: [id], vertex: null, offer: null },
  };
}

/** The same drawing goes on point by point: strokes are put aside as points. */
function park(state: FreehandState, world: World): Step<FreehandState> {
  if (!isDrawn(state)) return { state: idle };
  const { image, scale } = state;
  const { id, structure, document } = world;
  const points =
    pointCount(state.points) > 3
      ? simplifyPolygon(state.points, TOLERANCE / scale.x)
      : state.points;
  const drawing = { id, image, structure, tool: "polygon" as const, points };
  const parked = new Map(document.parked).set(id, drawing);
  return {
    state: idle,
    made: { document: { ...document, parked }, what: "edit.parked", image },
    said: "said.parked",
    parked: id,
  };
}

function withoutStroke(state: FreehandState): FreehandState {
  if (!isDrawn(state)) return idle;
  const before = state.strokes.at(-1) ?? 0;
  if (before === 0) return idle;
  const points = state.points.slice(0, 2 * before);
  return { ...state, phase: "gap", points, strokes: state.strokes.slice(0, -1), refused: false };
}

function gapOf(state: FreehandState): FreehandState {
  return isDrawn(state) ? { ...state, phase: "gap" } : idle;
}

function isDrawn(state: FreehandState): state is Traced {
  return state.phase === "tracing" || state.phase === "gap";
}
