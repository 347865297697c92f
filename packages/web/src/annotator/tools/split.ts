/**
 * Cutting a shape in two: from one place of its border along a path to another. A line is cut by one click
 * on it. The parts keep who they came from.
 */
import { withoutShapes, withShapes } from "../document.ts";
import { hitShape, nearestEdge, type Place, screenDistance } from "../place.ts";
import {
  insertPoint,
  pointAt,
  pointCount,
  type Ring,
  reversed,
  rounded,
  sectionOf,
} from "../ring.ts";
import type { Shape } from "../shape.ts";
import { faultsOf } from "../shape-faults.ts";
import { imageView, type Step, shapesInSight, type Tool, type World } from "./tool.ts";

interface Cut {
  readonly target: string;
  readonly image: string;
}

export type SplitState =
  | { readonly phase: "idle" }
  | (Cut & {
      readonly phase: "path";
      /** The edge that the cut begins on, and where. */
      readonly edge: number;
      readonly path: Ring;
      readonly pointer: Place["at"] | null;
    })
  | (Cut & { readonly phase: "preview"; readonly parts: readonly [Ring, Ring] });

const idle: SplitState = { phase: "idle" };
/** CSS pixels: a path's point so near to the border ends the cut. */
const ENDS_WITHIN = 8;

export const split: Tool<SplitState> = {
  idle,
  next(state, event, world) {
    switch (event.type) {
      case "hover":
      case "press":
      case "drag":
        return { state: state.phase === "path" ? { ...state, pointer: event.place.at } : state };
      case "click":
      case "drop":
        return clicked(state, event.place, world);
      case "back":
        return { state: backFrom(state) };
      case "finish":
        return state.phase === "preview" ? commit(state, world) : { state };
      case "escape":
      case "park":
        return { state: idle };
      default:
        return { state };
    }
  },
  isBusy: ({ phase }) => phase !== "idle",
  view(state, { document }) {
    if (state.phase === "idle") return null;
    const structure = document.shapes.get(state.target)?.structure ?? "";
    if (state.phase === "preview") {
      return imageView(state.image, {
        structure,
        paths: state.parts.map((points, i) => ({
          points,
          isClosed: true,
          look: i === 0 ? ("drawn" as const) : ("bridge" as const),
        })),
      });
    }
    const { path, pointer } = state;
    const points = pointer === null ? path : [...path, pointer.x, pointer.y];
    return imageView(state.image, {
      structure,
      paths: [{ points, isClosed: false, look: "drawn" }],
      handles: [{ at: pointAt(path, 0), look: "first" }],
    });
  },
  hint: ({ phase }) =>
    phase === "idle" ? "hint.split" : phase === "path" ? "hint.split path" : "hint.split preview",
};

function clicked(state: SplitState, place: Place, world: World): Step<SplitState> {
  if (state.phase === "preview") return { state };
  return state.phase === "idle" ? begin(place, world) : goOn(state, place, world);
}

function begin(place: Place, world: World): Step<SplitState> {
  const { selection } = world;
  const there = shapesInSight(world, place.image).filter(({ locked }) => !locked);
  const selected = there.filter(({ id }) => selection.ids.includes(id));
  const hit = hitShape(place, selected.length > 0 ? selected : there);
  const shape = there.find(({ id }) => id === hit?.id);
  const edge = shape === undefined ? null : nearestEdge(place, shape, Number.POSITIVE_INFINITY);
  if (shape === undefined || edge === null || edge.distance > 2 * ENDS_WITHIN) {
    return { state: idle, said: "said.split where" };
  }
  const selecting = { ids: [shape.id], vertex: null, offer: null };
  const cut = { target: shape.id, image: shape.image };
  const at = rounded([edge.at.x, edge.at.y]);
  if (shape.form === "polygon") {
    const state = { ...cut, phase: "path" as const, edge: edge.index, path: at, pointer: null };
    return { state, selection: selecting };
  }
  const [low, high] = [edge.index, edge.index + 1];
  const last = pointCount(shape.points) - 1;
  const parts = [
    [...sectionOf(shape.points, 0, low), ...at],
    [...at, ...sectionOf(shape.points, high, last)],
  ] as const;
  return { state: { ...cut, phase: "preview", parts }, selection: selecting };
}

function goOn(
  state: Extract<SplitState, { phase: "path" }>,
  place: Place,
  { document, images }: World,
): Step<SplitState> {
  const shape = document.shapes.get(state.target);
  const image = images.get(state.image);
  if (shape === undefined || image === undefined || place.image !== state.image) return { state };
  const edge = nearestEdge(place, shape, ENDS_WITHIN);
  const isAway = screenDistance(place, pointAt(state.path, 0), place.at) > ENDS_WITHIN;
  if (edge === null || !isAway) {
    const path = isAway ? [...state.path, ...rounded([place.at.x, place.at.y])] : state.path;
    return { state: { ...state, path, pointer: null } };
  }
  const end = rounded([edge.at.x, edge.at.y]);
  const parts = partsOf(shape, state, edge.index, end);
  const isWhole = parts.every((points) => {
    const faults = faultsOf({ form: "polygon", points }, image);
    return points.length >= 6 && faults.every(({ kind }) => kind === "outside");
  });
  if (!isWhole) return { state, said: "said.split across" };
  const { target, image: on } = state;
  return { state: { phase: "preview", target, image: on, parts } };
}

/** Both sides of a path from one edge to another, or to the same one. */
function partsOf(
  { points }: Shape,
  { edge, path }: Extract<SplitState, { phase: "path" }>,
  endEdge: number,
  end: Ring,
): readonly [Ring, Ring] {
  const along = [...path, ...end];
  if (edge === endEdge) {
    // Both ends on one edge: a bite, and the rest around it.
    const a = pointAt(points, edge);
    const isForward =
      Math.hypot(path[0] - a.x, path[1] - a.y) <= Math.hypot(end[0] - a.x, end[1] - a.y);
    const whole = isForward ? along : reversed(along);
    let rest = points;
    for (const [i, at] of Array.from({ length: whole.length / 2 }, (_, k) =>
      pointAt(whole, k),
    ).entries()) {
      rest = insertPoint(rest, edge + 1 + i, at);
    }
    return [rest, along];
  }
  const count = pointCount(points);
  const one = sectionOf(points, (edge + 1) % count, endEdge);
  const other = sectionOf(points, (endEdge + 1) % count, edge);
  return [
    [...one, ...reversed(along)],
    [...other, ...along],
  ];
}

function backFrom(state: SplitState): SplitState {
  if (state.phase !== "path" || state.path.length <= 2) return idle;
  return { ...state, path: state.path.slice(0, -2) };
}

function commit(
  { target, parts }: Extract<SplitState, { phase: "preview" }>,
  { document, id }: World,
): Step<SplitState> {
  const shape = document.shapes.get(target);
  if (shape === undefined) return { state: idle };
  const made = parts.map(
    (points, i): Shape => ({
      ...shape,
      id: `${id}${i === 0 ? "" : "-b"}`,
      points,
      order: shape.order + i / 1000,
      parents: [...shape.parents, shape.id],
    }),
  );
  return {
    state: idle,
    made: {
      document: withShapes(withoutShapes(document, [target]), made),
      what: "edit.split",
      image: shape.image,
    },
    selection: { ids: made.map((one) => one.id), vertex: null, offer: null },
  };
}
