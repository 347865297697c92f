/** A box by a drag from corner to corner, or by two clicks: an outline of four points. */
import type { Point } from "../../view/camera.ts";
import { nextOrder, withShapes } from "../document.ts";
import { type Place, screenDistance } from "../place.ts";
import { newShape } from "../shape.ts";
import { imageView, type Step, type Tool, type ToolEvent, type World } from "./tool.ts";

export type BoxState =
  | { readonly phase: "idle" }
  | {
      readonly phase: "sizing";
      readonly image: string;
      readonly from: Point;
      readonly to: Point;
      /** Whether the button is down; else the second click is awaited. */
      readonly held: boolean;
    };

const idle: BoxState = { phase: "idle" };
/** CSS pixels from corner to corner, at least. */
const LEAST = 4;

export const box: Tool<BoxState> = {
  idle,
  next(state, event, world) {
    switch (event.type) {
      case "press":
        return state.phase === "idle" ? { state: corner(event.place, true) } : { state };
      case "hover":
      case "drag":
        return { state: sized(state, event) };
      case "drop":
        return finish(state, event.place, world);
      case "click":
        return state.phase === "idle" || (state.phase === "sizing" && state.held)
          ? { state: corner(event.place, false) }
          : finish(state, event.place, world);
      case "cancel":
      case "escape":
      case "park":
      case "back":
        return { state: idle };
      default:
        return { state };
    }
  },
  isBusy: ({ phase }) => phase === "sizing",
  view(state) {
    if (state.phase === "idle") return null;
    const points = ringOfBox(state.from, state.to);
    return imageView(state.image, { paths: [{ points, isClosed: true, look: "drawn" }] });
  },
  hint: ({ phase }) => (phase === "idle" ? "hint.box" : "hint.box corner"),
};

function corner({ image, at }: Place, held: boolean): BoxState {
  return { phase: "sizing", image, from: at, to: at, held };
}

function sized(state: BoxState, { place }: Extract<ToolEvent, { place: Place }>): BoxState {
  if (state.phase === "idle" || place.image !== state.image) return state;
  return { ...state, to: place.at };
}

function finish(state: BoxState, place: Place, world: World): Step<BoxState> {
  if (state.phase === "idle" || place.image !== state.image) return { state: idle };
  const { image, from } = state;
  const { at } = place;
  const isSmall = from.x === at.x || from.y === at.y || screenDistance(place, from, at) < LEAST;
  if (isSmall) return { state: idle, said: "said.nothing enclosed" };
  const { id, structure, document } = world;
  const points = ringOfBox(from, at);
  const shape = newShape({ id, image, structure, points, order: nextOrder(document) });
  return {
    state: idle,
    made: { document: withShapes(document, [shape]), what: "edit.drew", image },
    selection: { ids: [id], vertex: null, offer: null },
  };
}

/** Clockwise from the upper left corner. */
function ringOfBox(a: Point, b: Point): number[] {
  const [left, right] = [Math.min(a.x, b.x), Math.max(a.x, b.x)];
  const [top, bottom] = [Math.min(a.y, b.y), Math.max(a.y, b.y)];
  return [left, top, right, top, right, bottom, left, bottom];
}
