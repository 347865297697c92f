/**
 * The editor without a page, for tests: a case of two views with two proposals, gestures as events, and a hand
 * that holds a mouse, a pen or fingers and goes through what pointers mean.
 */
import { emptyAnnotation, type Offer } from "@malleolus/schema";
import type { PointerKind } from "../shapes/hit-test.ts";
import type { Point } from "../view/camera.ts";
import { contentOf } from "./document.ts";
import { beginEditor, type EditorEvent, nextEditor } from "./editor.ts";
import type { EditorState } from "./editor-state.ts";
import type { Place } from "./place.ts";
import {
  nextPointing,
  noPointing,
  type PointerInput,
  type Pointing,
  toolEventOf,
} from "./pointing.ts";
import type { EditorImage, Shape } from "./shape.ts";
import type { ToolName } from "./tools/tool.ts";

export const [AP, LATERAL] = ["a".repeat(32), "b".repeat(32)];
const images: readonly EditorImage[] = [
  { id: AP, width: 400, height: 500, spacing: { rowMm: 0.2, columnMm: 0.2, source: "calibrated" } },
  { id: LATERAL, width: 400, height: 500, spacing: null },
];
export const fibulaOffer: Offer = {
  key: "7 fibula",
  image: AP,
  structure: "fibula",
  polygons: [[200.125, 200, 300, 200, 300, 300, 200, 300]],
  line: null,
  score: 0.8,
};
export const fractureOffer: Offer = {
  key: "7 fracture",
  image: AP,
  structure: "fracture",
  polygons: [[210, 250, 290, 250, 290, 260]],
  line: { points: [210, 250, 290, 255], widthMm: 3 },
  score: 0.5,
};

export function begin(offers: readonly Offer[] = []): EditorState {
  return beginEditor({
    images,
    offers,
    content: emptyAnnotation,
    structure: "fibula",
    widthMm: 3,
    prefix: "s",
  });
}

export function at(x: number, y: number, more: Partial<Place> = {}): Place {
  const keys = { shift: false, alt: false, ctrl: false };
  return { image: AP, at: { x, y }, scale: { x: 1, y: 1 }, kind: "mouse", ...keys, ...more };
}

export const run = (state: EditorState, events: readonly EditorEvent[]) =>
  events.reduce(nextEditor, state);
export const tool = (name: ToolName): EditorEvent => ({ type: "take tool", tool: name });
export const finish: EditorEvent = { type: "finish" };
export const callOff: EditorEvent = { type: "escape" };
export const undo: EditorEvent = { type: "undo" };
export const redo: EditorEvent = { type: "redo" };

export function click(x: number, y: number, more: Partial<Place> = {}): EditorEvent[] {
  const place = at(x, y, more);
  return [
    { type: "press", place },
    { type: "click", place },
  ];
}

export function drag(
  points: readonly (readonly [number, number])[],
  more: Partial<Place> = {},
): EditorEvent[] {
  const places = points.map(([x, y]) => at(x, y, more));
  return [
    { type: "press", place: places[0] },
    ...places.slice(1).map((place): EditorEvent => ({ type: "drag", place })),
    { type: "drop", place: places[places.length - 1] },
  ];
}

export function shapes(state: EditorState): Shape[] {
  return contentOf(state.document).shapes.slice();
}

export function square(x: number, y: number, side: number): EditorEvent[] {
  return [
    tool("polygon"),
    ...click(x, y),
    ...click(x + side, y),
    ...click(x + side, y + side),
    ...click(x, y + side),
    finish,
  ];
}

/** An editor with what is down on the AP view, which shows its radiograph pixel by pixel. */
export interface Hand {
  readonly state: EditorState;
  readonly pointing: Pointing;
}

/** Pointers as the browser tells them, or an event that is none of theirs. */
export type HandInput = (Partial<PointerInput> & { readonly keys?: Partial<Place> }) | EditorEvent;

export function hold(state: EditorState): Hand {
  return { state, pointing: noPointing };
}

export function handle(hand: Hand, input: HandInput): Hand {
  if ("type" in input) return { ...hand, state: nextEditor(hand.state, input) };
  const { keys, ...given } = input;
  const whole: PointerInput = {
    phase: "move",
    pointer: 1,
    kind: "mouse",
    button: 0,
    at: { x: 0, y: 0 },
    spaceHeld: false,
    ...given,
  };
  const { pointing, actions } = nextPointing(hand.pointing, whole);
  let { state } = hand;
  for (const action of actions) {
    const event = toolEventOf(action, ({ x, y }, kind) => at(x, y, { ...keys, kind }));
    if (event !== null) state = nextEditor(state, event);
  }
  return { state, pointing };
}

/** Down, along the way, and up again unless it is held. */
export function stroke(
  kind: PointerKind,
  way: readonly (readonly [number, number])[],
  { held = false, keys = {} }: { readonly held?: boolean; readonly keys?: Partial<Place> } = {},
): HandInput[] {
  const places = way.map(([x, y]): Point => ({ x, y }));
  const [first] = places;
  const last = places[places.length - 1];
  return [
    { phase: "down", kind, at: first, keys },
    ...places.slice(1).map((place): HandInput => ({ kind, at: place, keys })),
    ...(held ? [] : [{ phase: "up" as const, kind, at: last, keys }]),
  ];
}
