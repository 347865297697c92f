/**
 * The live wire: clicks set anchors, and between them the path follows a dark line or an edge. A piece is
 * straight until its path has come, and where Ctrl is held. What it makes is a line with a width of a
 * fracture, an outline of all else.
 */
import { FRACTURE } from "@malleolus/schema";
import type { Point } from "../../view/camera.ts";
import { nextOrder, withShapes } from "../document.ts";
import { type Place, screenDistance } from "../place.ts";
import { pointCount, type Ring, rounded } from "../ring.ts";
import { LEAST_POINTS, newShape } from "../shape.ts";
import { faultsOf } from "../shape-faults.ts";
import { CLOSES_WITHIN } from "./point-by-point.ts";
import { imageView, type Step, type Tool, type World } from "./tool.ts";

/** A piece of the wire that is asked for; `request` is null once it is known, or straight. */
export interface WirePiece {
  readonly from: Point;
  readonly to: Point;
  readonly points: Ring;
  readonly request: string | null;
}

export type WireState =
  | { readonly phase: "idle" }
  | {
      readonly phase: "drawing";
      readonly image: string;
      readonly structure: string;
      readonly start: Point;
      readonly pieces: readonly WirePiece[];
      /** To the pointer. */
      readonly live: WirePiece | null;
      /** Made as soon as the last piece has come. */
      readonly finishing: "line" | "polygon" | null;
      /** Of the next request. */
      readonly count: number;
    };
type Drawing = Extract<WireState, { phase: "drawing" }>;

const idle: WireState = { phase: "idle" };

export const wire: Tool<WireState> = {
  idle,
  next(state, event, world) {
    if (state.phase === "idle") {
      return event.type === "click" || event.type === "drop"
        ? { state: begun(event.place, world) }
        : { state };
    }
    switch (event.type) {
      case "hover":
      case "drag":
        return { state: pointed(state, event.place) };
      case "click":
      case "drop":
        return clicked(state, event.place, world);
      case "path":
        return answered(state, event.request, event.points, world);
      case "back": {
        const pieces = state.pieces.slice(0, -1);
        const isFirst = state.pieces.length === 0;
        return { state: isFirst ? idle : { ...state, pieces, live: null, finishing: null } };
      }
      case "finish":
        return finish({ ...state, live: null, finishing: formOf(state) }, world);
      case "escape":
      case "park":
        return park(state, world);
      default:
        return { state };
    }
  },
  isBusy: ({ phase }) => phase === "drawing",
  view(state) {
    if (state.phase === "idle") return null;
    const { image, start, live } = state;
    const handles = [start, ...state.pieces.map(({ to }) => to)];
    return imageView(image, {
      paths: [
        { points: pathOf(state), isClosed: false, look: "drawn" },
        ...(live === null
          ? []
          : [{ points: live.points, isClosed: false, look: "bridge" as const }]),
      ],
      handles: handles.map((at, i) => ({ at, look: i === 0 ? "first" : "point" })),
    });
  },
  hint: (state) =>
    state.phase === "idle"
      ? "hint.wire"
      : state.finishing === null
        ? "hint.wire drawing"
        : "hint.wire waiting",
};

/** What is still to be found out, the oldest first. */
export function wantedPieces(state: WireState): readonly WirePiece[] {
  if (state.phase === "idle") return [];
  const all = state.live === null ? state.pieces : [...state.pieces, state.live];
  return all.filter(({ request }) => request !== null);
}

function begun({ image, at }: Place, world: World): WireState {
  const { structure } = world;
  const first = { pieces: [], live: null, finishing: null, count: 0 };
  return { phase: "drawing", image, structure, start: roundedPoint(at), ...first };
}

function pointed(state: Drawing, place: Place): WireState {
  if (place.image !== state.image || state.finishing !== null) return state;
  const { x, y } = lastAnchor(state);
  const isStraight = place.ctrl;
  // The path before it is shown until the new one has come: a straight line would flicker.
  const before = state.live?.points ?? [x, y, place.at.x, place.at.y];
  const live: WirePiece = {
    from: { x, y },
    to: place.at,
    points: isStraight ? [x, y, place.at.x, place.at.y] : before,
    request: isStraight ? null : `${state.count}`,
  };
  return { ...state, live, count: state.count + 1 };
}

function clicked(state: Drawing, place: Place, world: World): Step<WireState> {
  if (place.image !== state.image) {
    const left = park(state, world);
    return { ...left, state: begun(place, world) };
  }
  const isClosing =
    state.pieces.length >= 2 && screenDistance(place, state.start, place.at) <= CLOSES_WITHIN;
  const to = isClosing ? state.start : roundedPoint(place.at);
  const from = lastAnchor(state);
  if (from.x === to.x && from.y === to.y) return { state };
  const piece: WirePiece = {
    from,
    to,
    points: [from.x, from.y, to.x, to.y],
    request: place.ctrl ? null : `${state.count}`,
  };
  const next: Drawing = {
    ...state,
    pieces: [...state.pieces, piece],
    live: null,
    count: state.count + 1,
    finishing: isClosing ? "polygon" : null,
  };
  return isClosing ? finish(next, world) : { state: next };
}

function answered(state: Drawing, request: string, points: Ring, world: World): Step<WireState> {
  const known = (piece: WirePiece): WirePiece =>
    piece.request === request ? { ...piece, points, request: null } : piece;
  const { live } = state;
  const next: Drawing = {
    ...state,
    pieces: state.pieces.map(known),
    live: live === null ? null : known(live),
  };
  return next.finishing === null ? { state: next } : finish(next, world);
}

function formOf({ structure }: Drawing): "line" | "polygon" {
  return structure === FRACTURE ? "line" : "polygon";
}

function finish(state: Drawing, world: World): Step<WireState> {
  const { image, finishing, structure } = state;
  if (finishing === null || state.pieces.some(({ request }) => request !== null)) return { state };
  const going: Drawing = { ...state, finishing: null };
  const on = world.images.get(image);
  const isLine = finishing === "line" && (on?.spacing ?? null) !== null;
  const form = isLine ? "line" : "polygon";
  const path = pathOf(state);
  const isRound = path.at(-2) === state.start.x && path.at(-1) === state.start.y;
  const points = rounded(form === "polygon" && isRound ? path.slice(0, -2) : path);
  if (on === undefined || pointCount(points) < LEAST_POINTS[form]) {
    return { state: going, said: `said.too few ${form}` };
  }
  const faults = faultsOf({ form, points }, on);
  if (faults.some(({ kind }) => kind === "crossing"))
    return { state: going, said: "said.crossing" };
  if (faults.some(({ kind }) => kind === "no area" || kind === "no length")) {
    return { state: going, said: "said.nothing enclosed" };
  }
  const { id, document, widthMm } = world;
  const shape = newShape({
    id,
    image,
    structure,
    points,
    order: nextOrder(document),
    ...(form === "line" ? { widthMm } : {}),
  });
  return {
    state: idle,
    made: { document: withShapes(document, [shape]), what: "edit.drew", image },
    selection: { ids: [id], vertex: null, offer: null },
  };
}

/** It goes on point by point: what the wire has found stays. */
function park(state: Drawing, world: World): Step<WireState> {
  const { image, structure } = state;
  const { document, id, images } = world;
  const isLine = formOf(state) === "line" && (images.get(image)?.spacing ?? null) !== null;
  const tool = isLine ? ("line" as const) : ("polygon" as const);
  const points = rounded(pathOf(state));
  const parked = new Map(document.parked).set(id, { id, image, structure, tool, points });
  return {
    state: idle,
    made: { document: { ...document, parked }, what: "edit.parked", image },
    said: "said.parked",
    parked: id,
  };
}

/** All anchors and what lies between them, each once. */
function pathOf({ start, pieces }: Drawing): Ring {
  return [start.x, start.y, ...pieces.flatMap(({ points }) => points.slice(2))];
}

function lastAnchor({ start, pieces }: Drawing): Point {
  return pieces.at(-1)?.to ?? start;
}

function roundedPoint({ x, y }: Point): Point {
  const [roundX, roundY] = rounded([x, y]);
  return { x: roundX, y: roundY };
}
