/**
 * Drawing point by point: an outline or an open line. Clicks set points, Shift and a drag streams them, a
 * click on the first point or Enter closes an outline. Whoever leaves puts the drawing aside, and finds it
 * again.
 */
import type { Point } from "../../view/camera.ts";
import { nextOrder, withoutParked, withShapes } from "../document.ts";
import { type Place, screenDistance } from "../place.ts";
import { lastPoint, pointAt, pointCount, pointsOf, type Ring, rounded } from "../ring.ts";
import { LEAST_POINTS, newShape } from "../shape.ts";
import { faultsOf } from "../shape-faults.ts";
import { imageView, type Step, type Tool, type ToolEvent, type World } from "./tool.ts";

export type PointByPoint =
  | { readonly phase: "idle" }
  | {
      readonly phase: "drawing";
      readonly image: string;
      readonly structure: string;
      readonly points: Ring;
      /** Where the next point would be. */
      readonly pointer: Point | null;
      /** Closing was refused: edges that cross are marked. */
      readonly refused: boolean;
      /** Of the drawing that was put aside and taken up again. */
      readonly parked: string | null;
    };
type Drawing = Extract<PointByPoint, { phase: "drawing" }>;

export const idle: PointByPoint = { phase: "idle" };

/** CSS pixels: a click so near to the first point closes; a streamed point is so far from the last. */
export const CLOSES_WITHIN = 10;
const STREAMED_EVERY = 4;
/** A second click so near is the hand's, not the eye's. */
const SAME_WITHIN = 2;

export function pointByPoint(tool: "polygon" | "line"): Tool<PointByPoint> {
  return {
    idle,
    next: (state, event, world) =>
      state.phase === "idle" ? begin(tool, event, world) : go(tool, state, event, world),
    isBusy: ({ phase }) => phase === "drawing",
    view: (state) => (state.phase === "idle" ? null : viewOf(tool, state)),
    hint: (state) =>
      state.phase === "idle"
        ? `hint.${tool}`
        : pointCount(state.points) < LEAST_POINTS[tool]
          ? "hint.drawing"
          : `hint.drawing ${tool}`,
  };
}

/** Goes on with what was put aside. */
export function resumed({ document }: World, id: string): PointByPoint {
  const found = document.parked.get(id);
  if (found === undefined) return idle;
  const { image, structure, points } = found;
  return { ...startAt(image, structure), points, parked: id };
}

function startAt(image: string, structure: string): Drawing {
  const begun = { points: [], pointer: null, refused: false, parked: null };
  return { phase: "drawing", image, structure, ...begun };
}

function begin(tool: "polygon" | "line", event: ToolEvent, world: World): Step<PointByPoint> {
  if (event.type !== "click" && event.type !== "drop" && event.type !== "drag") {
    return { state: idle };
  }
  const { place } = event;
  // A line has a width in millimetres.
  if (tool === "line" && (world.images.get(place.image)?.spacing ?? null) === null) {
    return { state: idle, said: "said.no spacing" };
  }
  if (event.type === "drag" && !place.shift) return { state: idle };
  return { state: withNext(startAt(place.image, world.structure), place) };
}

function go(
  tool: "polygon" | "line",
  state: Drawing,
  event: ToolEvent,
  world: World,
): Step<PointByPoint> {
  switch (event.type) {
    case "hover":
    case "press":
      return event.place.image === state.image
        ? { state: { ...state, pointer: event.place.at } }
        : { state };
    case "drag":
      return { state: dragTo(state, event.place) };
    case "drop":
      // With Shift the points are there already.
      return event.place.shift ? { state } : click(tool, state, event.place, world);
    case "click":
      return click(tool, state, event.place, world);
    case "finish":
      return close(tool, state, world);
    case "back":
      return back(state, world);
    case "escape":
    case "park":
      return park(tool, state, world);
    default:
      return { state };
  }
}

function dragTo(state: Drawing, place: Place): Drawing {
  if (place.image !== state.image) return state;
  const last = lastPoint(state.points);
  const isFar = last === null || screenDistance(place, last, place.at) >= STREAMED_EVERY;
  return place.shift && isFar ? withNext(state, place) : { ...state, pointer: place.at };
}

function click(
  tool: "polygon" | "line",
  state: Drawing,
  place: Place,
  world: World,
): Step<PointByPoint> {
  if (place.image !== state.image) {
    // Another view: what was begun waits there, and something new begins here.
    const left = park(tool, state, world);
    return { ...left, state: withNext(startAt(place.image, world.structure), place) };
  }
  const first = pointAt(state.points, 0);
  const mayClose = tool === "polygon" && pointCount(state.points) >= LEAST_POINTS.polygon;
  if (mayClose && screenDistance(place, first, place.at) <= CLOSES_WITHIN) {
    return close(tool, state, world);
  }
  const last = lastPoint(state.points);
  if (last !== null && screenDistance(place, last, place.at) <= SAME_WITHIN) return { state };
  return { state: withNext(state, place) };
}

function withNext(state: Drawing, { at }: Place): Drawing {
  return {
    ...state,
    points: [...state.points, ...rounded([at.x, at.y])],
    pointer: null,
    refused: false,
  };
}

function close(tool: "polygon" | "line", state: Drawing, world: World): Step<PointByPoint> {
  const { image, points, structure } = state;
  const on = world.images.get(image);
  if (pointCount(points) < LEAST_POINTS[tool] || on === undefined) {
    return { state, said: `said.too few ${tool}` };
  }
  const faults = faultsOf({ form: tool, points }, on);
  if (faults.some(({ kind }) => kind === "crossing")) {
    return { state: { ...state, refused: true }, said: "said.crossing" };
  }
  if (faults.some(({ kind }) => kind === "no area" || kind === "no length")) {
    return { state, said: "said.nothing enclosed" };
  }
  const { id, widthMm } = world;
  const shape = newShape({
    id,
    image,
    structure,
    points,
    order: nextOrder(world.document),
    ...(tool === "line" ? { widthMm } : {}),
  });
  const document = withoutParked(withShapes(world.document, [shape]), state.parked);
  return {
    state: idle,
    made: { document, what: "edit.drew", image },
    selection: { ids: [id], vertex: null, offer: null },
  };
}

function back(state: Drawing, world: World): Step<PointByPoint> {
  const points = state.points.slice(0, -2);
  if (points.length > 0) return { state: { ...state, points, refused: false } };
  if (state.parked === null) return { state: idle };
  // The last point of what had been put aside: it is gone, and can be had back.
  return {
    state: idle,
    made: {
      document: withoutParked(world.document, state.parked),
      what: "edit.dropped",
      image: state.image,
    },
  };
}

function park(tool: "polygon" | "line", state: Drawing, world: World): Step<PointByPoint> {
  const { image, structure, points } = state;
  const id = state.parked ?? world.id;
  const parked = new Map(world.document.parked).set(id, { id, image, structure, tool, points });
  return {
    state: idle,
    made: { document: { ...world.document, parked }, what: "edit.parked", image },
    said: "said.parked",
    parked: id,
  };
}

function viewOf(tool: "polygon" | "line", state: Drawing) {
  const { image, points, pointer, refused } = state;
  const path = pointer === null ? points : [...points, pointer.x, pointer.y];
  const faults = refused
    ? faultsOf({ form: tool, points }, { width: Infinity, height: Infinity })
    : [];
  const marked = faults.flatMap(({ edges }) =>
    edges.map((edge) => {
      const next = (edge + 1) % pointCount(points);
      const [a, b] = [pointAt(points, edge), pointAt(points, next)];
      return { points: [a.x, a.y, b.x, b.y], isClosed: false, look: "fault" as const };
    }),
  );
  return imageView(image, {
    paths: [{ points: path, isClosed: false, look: "drawn" }, ...marked],
    handles: pointsOf(points).map((at, i) => ({
      at,
      look:
        i === 0 && tool === "polygon" && pointCount(points) >= 3
          ? ("first" as const)
          : ("point" as const),
    })),
  });
}
